package answer

import "regexp"

// beforeDay are the words that lead to a day, afterDay those that follow it.
const (
	beforeDay = "dia fecha para nacimiento naci nacido nacida em data na nasci nascimento on for date born " +
		"pago pagar pagare pagaria pague abono abonar abonare deposito depositar depositare transfiero transferir transferire " +
		"voy ir ire iria vamos iremos puedo podria podriamos puede pueda podemos ser queda quedo mejor prefiero preferiria preferimos quiero quisiera queremos gustaria " +
		"agendar agenda agendame agende reservar reserva reservame reserve cita visita turno agendemos dejemoslo dejalo deja cumpleanos cumple aniversario vence vencimiento " +
		"me te le les lo nos se creo entonces yo ya seria ok bien perfecto poder " +
		"pagarei posso poderia pode podemos vou irei melhor prefiro quero queria gostaria marca marcar marque depositar transfiro faco fazer eu acho pra entao " +
		"i can pay will could we go come book i'll let's prefer would like to make it that works"
	afterDay = "pf proximo proxima que viene que vem puedo pago pagare pagarei te le lo me voy acomoda sirve queda bien conviene esta estaria perfecto ideal " +
		"podria podemos ser puede seria si sim claro entonces mejor posso pode fica bom otimo da pra mim funciona melhor entao works fine is ok good"
)

// announcesDay are the words behind which a number is a day of the month.
var announcesDay = setOf("el dia the")

// aheadForm and agoForm are a number of days, weeks or months from today. "En 8 días" is taken by its words,
// though some mean a week.
var (
	aheadForm = regexp.MustCompile(`^(?:en|dentro de|de aqui a|em|daqui a|daqui|in) (\d{1,3}|un|una|um|uma|a|one) (dias?|semanas?|mes|meses|days?|weeks?|months?)` +
		`(?: mas| mais| exactos| corridos| from now| from today| desde hoy| a partir de hoy| a partir de hoje| de hoy)?$`)
	agoForm = regexp.MustCompile(`^(?:(?:hace|ha|faz) (\d{1,3}|un|una|um|uma) (dias?|semanas?)(?: atras)?|(\d{1,3}|un|una|um|uma|a|one) (dias? atras|semanas? atras|days? ago|weeks? ago))$`)
)

// weekPhrases are what may follow a day of the week, by how many weeks it is ahead.
var weekPhrases = map[string]int{
	"de esta semana": 0, "esta semana": 0, "desta semana": 0, "of this week": 0, "this week": 0,
	"de la proxima semana": 1, "de la semana que viene": 1, "de la semana que entra": 1, "de la semana entrante": 1, "de la semana proxima": 1,
	"la proxima semana": 1, "la semana que viene": 1, "proxima semana": 1,
	"da proxima semana": 1, "da semana que vem": 1, "na proxima semana": 1, "semana que vem": 1, "of next week": 1, "next week": 1,
}

// someMonth is a month that is not said.
const someMonth = -1

// monthPhrases are what may follow the number of a day, by how many months it is ahead.
var monthPhrases = map[string]int{
	"de este mes": 0, "este mes": 0, "de este": 0, "del presente": 0, "del presente mes": 0, "del corriente": 0, "del mes en curso": 0, "del actual": 0,
	"deste mes": 0, "do corrente": 0, "do presente mes": 0, "of this month": 0, "this month": 0,
	"del mes que viene": 1, "del proximo mes": 1, "del mes proximo": 1, "del mes entrante": 1, "del mes que entra": 1, "del proximo": 1, "proximo mes": 1,
	"do mes que vem": 1, "do proximo mes": 1, "of next month": 1, "next month": 1,
	"del mes": someMonth, "de mes": someMonth, "do mes": someMonth, "of the month": someMonth,
}

// monthEndForm is the end of a month; what is found is the month.
var monthEndForm = regexp.MustCompile(`^(?:(?:a|al|el|en|este|ao|at|by|on) )?(?:the )?(?:fin|fines|final|finales|fim|finais|ultimo dia|end|last day) ` +
	`(?:de |del |do |of the |of )?(.+)$`)

// monthsAhead are the months of an end of month, by how many months they are ahead.
var monthsAhead = map[string]int{
	"mes": 0, "este mes": 0, "presente mes": 0, "mes actual": 0, "mes en curso": 0, "deste mes": 0, "month": 0, "this month": 0,
	"mes que viene": 1, "proximo mes": 1, "mes proximo": 1, "mes entrante": 1, "mes que entra": 1, "mes que vem": 1, "next month": 1,
}

// yearPhrases are what may follow a date without its year, by how many years it is ahead.
var yearPhrases = []struct {
	words string
	years int
}{
	{"de este ano", 0},
	{"del presente ano", 0},
	{"deste ano", 0},
	{"of this year", 0},
	{"this year", 0},
	{"del proximo ano", 1},
	{"del ano que viene", 1},
	{"del ano proximo", 1},
	{"del ano entrante", 1},
	{"do ano que vem", 1},
	{"do proximo ano", 1},
	{"of next year", 1},
	{"next year", 1},
}
