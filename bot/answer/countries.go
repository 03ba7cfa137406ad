package answer

// countries are those whose national numbers are known: Latin America, North America, Spain and
// Portugal. The lengths are those of the countries' numbering plans as the ITU lists them
// (E.129), for subscribers' phones; special services and short numbers are left out.
//
// A library for all countries (github.com/nyaruka/phonenumbers) was weighed: it adds 6 MB to the
// binary. Numbers of countries that are not here can be given in international form.
func countries() []country {
	const any = "123456789"
	zero := []string{"0"}
	return []country{
		{code: "501", lengths: []int{7}, first: any},                                                  // Belize
		{code: "502", lengths: []int{8}, first: any},                                                  // Guatemala
		{code: "503", lengths: []int{8}, first: any},                                                  // El Salvador
		{code: "504", lengths: []int{8}, first: any},                                                  // Honduras
		{code: "505", lengths: []int{8}, first: any},                                                  // Nicaragua
		{code: "506", lengths: []int{8}, first: any},                                                  // Costa Rica
		{code: "507", lengths: []int{7, 8}, first: any},                                               // Panama
		{code: "351", lengths: []int{9}, first: "239"},                                                // Portugal
		{code: "591", lengths: []int{8}, first: any, trunk: zero},                                     // Bolivia
		{code: "593", lengths: []int{8, 9}, first: any, trunk: zero},                                  // Ecuador
		{code: "595", lengths: []int{8, 9}, first: any, trunk: zero},                                  // Paraguay
		{code: "598", lengths: []int{8}, first: any, trunk: zero},                                     // Uruguay
		{code: "34", lengths: []int{9}, first: "6789"},                                                // Spain
		{code: "51", lengths: []int{8, 9}, first: any, trunk: zero},                                   // Peru
		{code: "52", lengths: []int{10}, first: "23456789", trunk: []string{"1", "01", "044", "045"}}, // Mexico
		{code: "53", lengths: []int{8}, first: any, trunk: zero},                                      // Cuba
		{code: "54", lengths: []int{10, 11}, first: any},                                              // Argentina
		{code: "55", lengths: []int{10, 11}, first: any, trunk: zero},                                 // Brazil
		{code: "56", lengths: []int{9}, first: "23456789", trunk: zero},                               // Chile
		{code: "57", lengths: []int{10}, first: "36"},                                                 // Colombia
		{code: "58", lengths: []int{10}, first: "24", trunk: zero},                                    // Venezuela
		{code: "1", lengths: []int{10}, first: "23456789", trunk: []string{"1"}},                      // North America, Puerto Rico, Dominican Republic
	}
}
