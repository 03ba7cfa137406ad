package answer

// Kinds are all kinds of typed answers.
func Kinds() []Kind {
	return []Kind{Int, Number, Date, Time, Email, Phone, RUT, DNI, CUIT, CPF, CNPJ, CURP, RFC}
}
