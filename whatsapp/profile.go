package whatsapp

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
)

// Version is a version of the Graph API, as in "v15.0".
type Version struct {
	Major, Minor int
}

// String writes the version as it stands in a path.
func (v Version) String() string {
	return "v" + strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor)
}

// Compare is negative when v is older than w.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor))
}

// ErrVersion is the error of what is no version, or of one that is not served.
var ErrVersion = errors.New("not a served version of the Graph API")

// ParseVersion reads "v15.0". Leading zeros and more than four digits are refused.
func ParseVersion(text string) (Version, error) {
	digits, ok := strings.CutPrefix(text, "v")
	major, minor, both := strings.Cut(digits, ".")
	if !ok || !both {
		return Version{}, ErrVersion
	}
	v := Version{Major: component(major), Minor: component(minor)}
	if v.Major < 0 || v.Minor < 0 {
		return Version{}, ErrVersion
	}
	return v, nil
}

// component reads one number of a version; -1 when it is none.
func component(text string) int {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || len(text) > 4 || strconv.FormatUint(n, 10) != text {
		return -1
	}
	return int(n)
}

// Profile is what a Graph version means for us: what may be sent to a channel that
// declares it. What comes in is decoded alike for all.
type Profile struct {
	Version Version
	// Released and EndOfLife are days (yyyy-mm-dd), from Meta's list of versions; EndOfLife is
	// empty where Meta has not named it.
	Released  string
	EndOfLife string
}

// Profiles lists the versions that are served, oldest first. A new version is one more row,
// and golden files of what it brings.
func Profiles() []Profile {
	return []Profile{
		{Version{14, 0}, "2022-05-25", "2024-09-17"},
		{Version{15, 0}, "2022-09-15", "2024-11-20"},
		{Version{16, 0}, "2023-02-02", "2025-05-14"},
		{Version{17, 0}, "2023-05-23", "2025-09-12"},
		{Version{18, 0}, "2023-09-12", "2026-01-26"},
		{Version{19, 0}, "2024-01-23", "2026-05-21"},
		{Version{20, 0}, "2024-05-21", "2026-09-24"},
		{Version{21, 0}, "2024-10-02", "2027-01-21"},
		{Version{22, 0}, "2025-01-21", "2027-05-20"},
		{Version{23, 0}, "2025-05-29", "2027-10-08"},
		{Version{24, 0}, "2025-10-08", "2028-02-18"},
		{Version{25, 0}, "2026-02-18", "2028-07-29"},
		{Version{26, 0}, "2026-07-29", ""},
	}
}

// Support says whether the version has a feature; never the zero value for a feature of
// [Features].
func (p Profile) Support(f Feature) Support { return p.supportIn(Features(), f) }

func (p Profile) supportIn(rows []Availability, f Feature) Support {
	for _, row := range rows {
		if row.Feature == f {
			return row.support(p.Version)
		}
	}
	return undecided
}

func (a Availability) support(v Version) Support {
	switch {
	case v.Major <= 14:
		return a.v14
	case v.Major == 15:
		return a.v15
	default:
		return a.later
	}
}

// Newest is the profile of the newest version.
func Newest() Profile {
	all := Profiles()
	return all[len(all)-1]
}

// LookupProfile finds the profile of a version as it stands in a path; "" is the newest.
// A version later than all gets the newest profile and known false, for a log line. What
// is older than all, or no version, is an ErrVersion.
func LookupProfile(text string) (p Profile, known bool, err error) {
	if text == "" {
		return Newest(), true, nil
	}
	v, err := ParseVersion(text)
	if err != nil {
		return Profile{}, false, err
	}
	for _, p := range Profiles() {
		if p.Version == v {
			return p, true, nil
		}
	}
	if newest := Newest(); v.Compare(newest.Version) > 0 {
		return newest, false, nil
	}
	return Profile{}, false, ErrVersion
}
