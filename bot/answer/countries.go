package answer

// nonZero are the digits with which most national numbers begin.
const nonZero = "123456789"

// countries are those whose national numbers are known: Latin America, North America, Spain and
// Portugal. The lengths are those of the countries' numbering plans as the ITU lists them
// (E.129), for subscribers' phones; special services and short numbers are left out.
//
// A library for all countries (github.com/nyaruka/phonenumbers) was weighed: it adds 6 MB to the
// binary. Numbers of countries that are not here can be given in international form.
var countries = []country{
	{code: "501", lengths: []int{7}, first: nonZero},                                              // Belize
	{code: "502", lengths: []int{8}, first: nonZero},                                              // Guatemala
	{code: "503", lengths: []int{8}, first: nonZero},                                              // El Salvador
	{code: "504", lengths: []int{8}, first: nonZero},                                              // Honduras
	{code: "505", lengths: []int{8}, first: nonZero},                                              // Nicaragua
	{code: "506", lengths: []int{8}, first: nonZero},                                              // Costa Rica
	{code: "507", lengths: []int{7, 8}, first: nonZero},                                           // Panama
	{code: "509", lengths: []int{8}, first: nonZero},                                              // Haiti
	{code: "351", lengths: []int{9}, first: "239"},                                                // Portugal
	{code: "591", lengths: []int{8}, first: nonZero, trunk: []string{"0"}},                        // Bolivia
	{code: "593", lengths: []int{8, 9}, first: nonZero, trunk: []string{"0"}},                     // Ecuador
	{code: "595", lengths: []int{8, 9}, first: nonZero, trunk: []string{"0"}},                     // Paraguay
	{code: "598", lengths: []int{8}, first: nonZero, trunk: []string{"0"}},                        // Uruguay
	{code: "34", lengths: []int{9}, first: "6789"},                                                // Spain
	{code: "51", lengths: []int{8, 9}, first: nonZero, trunk: []string{"0"}},                      // Peru
	{code: "52", lengths: []int{10}, first: "23456789", trunk: []string{"1", "01", "044", "045"}}, // Mexico
	{code: "53", lengths: []int{8}, first: nonZero, trunk: []string{"0"}},                         // Cuba
	{code: "54", lengths: []int{10, 11}, first: nonZero},                                          // Argentina
	{code: "55", lengths: []int{10, 11}, first: nonZero, trunk: []string{"0"}},                    // Brazil
	{code: "56", lengths: []int{9}, first: "23456789", trunk: []string{"0"}},                      // Chile
	{code: "57", lengths: []int{10}, first: "36", trunk: []string{"0", "03"}},                     // Colombia
	{code: "58", lengths: []int{10}, first: "24", trunk: []string{"0"}},                           // Venezuela
	{code: "1", lengths: []int{10}, first: "23456789", trunk: []string{"1"}},                      // North America, Puerto Rico, Dominican Republic
}

// regionCodes are the country codes of the regions of languages: "es-CL".
var regionCodes = map[string]string{
	"AR": "54", "BO": "591", "BR": "55", "BZ": "501", "CL": "56", "CO": "57", "CR": "506", "CU": "53", "DO": "1", "EC": "593", "ES": "34",
	"GT": "502", "HN": "504", "HT": "509", "MX": "52", "NI": "505", "PA": "507", "PE": "51", "PR": "1", "PT": "351", "PY": "595", "SV": "503",
	"US": "1", "UY": "598", "VE": "58",
}
