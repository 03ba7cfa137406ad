package whatsapp

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Version is a version of the Graph API, as in "v15.0". A channel declares the one that it is sent to;
// what comes in is decoded alike for all.
type Version struct {
	Major, Minor int
}

// served lists the versions that can be declared, oldest first, with the days of their release and end
// of life by Meta's list. A new version is one more row; what it brings stands in the table of features
// of package outbound.
var served = []Version{
	{14, 0}, // 2022-05-25, 2024-09-17
	{15, 0}, // 2022-09-15, 2024-11-20
	{16, 0}, // 2023-02-02, 2025-05-14
	{17, 0}, // 2023-05-23, 2025-09-12
	{18, 0}, // 2023-09-12, 2026-01-26
	{19, 0}, // 2024-01-23, 2026-05-21
	{20, 0}, // 2024-05-21, 2026-09-24
	{21, 0}, // 2024-10-02, 2027-01-21
	{22, 0}, // 2025-01-21, 2027-05-20
	{23, 0}, // 2025-05-29, 2027-10-08
	{24, 0}, // 2025-10-08, 2028-02-18
	{25, 0}, // 2026-02-18, 2028-07-29
	{26, 0}, // 2026-07-29
}

// NewestVersion is the newest version that is served.
func NewestVersion() Version { return served[len(served)-1] }

var errVersion = errors.New("not a served version of the Graph API")

// LookupVersion reads a version as it stands in a path, such as "v15.0"; "" is the newest. A version
// later than all that are served reads as the newest with known false, for a log line. One that is
// older than all, or no version, is an error.
func LookupVersion(text string) (v Version, known bool, err error) {
	newest := NewestVersion()
	if text == "" {
		return newest, true, nil
	}
	v, ok := parseVersion(text)
	switch {
	case ok && slices.Contains(served, v):
		return v, true, nil
	case ok && v.Compare(newest) > 0:
		return newest, false, nil
	}
	return Version{}, false, errVersion
}

// String writes the version as it stands in a path.
func (v Version) String() string {
	return "v" + strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor)
}

// Compare is negative when v is older than w.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor))
}

// parseVersion refuses leading zeros and more than four digits.
func parseVersion(text string) (v Version, ok bool) {
	digits, prefixed := strings.CutPrefix(text, "v")
	major, minor, _ := strings.Cut(digits, ".")
	v = Version{Major: versionNumber(major), Minor: versionNumber(minor)}
	return v, prefixed && v.Major >= 0 && v.Minor >= 0
}

// versionNumber reads one number of a version; -1 for anything else.
func versionNumber(text string) int {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || len(text) > 4 || strconv.FormatUint(n, 10) != text {
		return -1
	}
	return int(n)
}
