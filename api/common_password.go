package api

import (
	"slices"
	"strings"
)

// isCommon reports whether a password is among the first that are tried: one of those that many people choose, the same
// again and again, or a row of the alphabet, of digits or of a keyboard.
func isCommon(password string) bool {
	password = strings.ToLower(password)
	if slices.Contains(commonPasswords(), password) {
		return true
	}
	for _, row := range []string{"01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjklñ", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0"} {
		if isPartOf(password, row) {
			return true
		}
	}
	for period := 1; period <= len(password)/2; period++ {
		if password[period:] == password[:len(password)-period] {
			return true
		}
	}
	return false
}

// isPartOf reports whether a password is a part of a row, or of the row in reverse.
func isPartOf(password, row string) bool {
	reversed := []rune(row)
	slices.Reverse(reversed)
	return strings.Contains(row, password) || strings.Contains(string(reversed), password)
}

// commonPasswords have at least minPassword bytes, in small letters: shorter ones are refused anyway.
func commonPasswords() []string {
	return []string{
		"password12", "password123", "password1234", "password12345", "password123456", "passw0rd123", "p@ssw0rd123", "mypassword", "mypassword1",
		"thepassword", "administrator", "administrador", "admin12345", "admin123456", "adminadmin", "root123456", "superuser1", "changeme12", "changeme123",
		"changeme1234", "letmein123", "letmein1234", "welcome123", "welcome1234", "bienvenido", "bienvenido1", "bienvenidos", "contraseña", "contraseña1", "contraseña123", "contrasena",
		"contrasena1", "contrasena123", "micontraseña", "micontrasena", "claveclave", "clave12345", "clave123456", "123456789a", "a123456789", "1234567890a", "12345678910",
		"123456789q", "abc1234567", "abcd123456", "abc123456789", "qwerty1234", "qwerty12345", "qwerty123456", "qwertyuiop1", "asdfghjkl1", "asdfghjkl123", "zxcvbnm123",
		"1234554321", "123321123321", "9876543210", "iloveyou12", "iloveyou123", "iloveyou1234", "tequieromucho", "teamomucho", "teamomucho1", "basketball", "basketball1", "volleyball",
		"christopher", "california", "manchester", "liverpool1", "barcelona1", "realmadrid", "realmadrid1", "chocolate1", "butterfly1", "superman123", "spiderman1", "pokemon123",
		"minecraft1", "minecraft123", "football12", "football123", "baseball12", "baseball123", "princess12", "princess123", "mariposa123", "estrella123", "whatsapp12", "whatsapp123", "chattigo12", "chattigo123", "chattigo1234",
	}
}
