package answer

// beforeHour are the words that lead to an hour, afterHour those that follow it.
const (
	beforeHour = "hora horario hoy hoje para como tipo time at as al ao alas " +
		"puede podria pueda ser queda quedo prefiero preferiria preferimos quiero quisiera queremos mejor agenda agendame agendar reserva reservame reservar marca marcame " +
		"cita turno me nos gustaria creo entonces bien perfecto ok ya acomoda sirve conviene " +
		"pode poderia prefiro quero queria melhor marcar marque agendar gostaria acho entao eu pra " +
		"i would prefer like can could we be let's make works"
	afterHour = "en punto em ponto sharp esta estaria bien perfecto me acomoda sirve queda conviene va seria ideal puede podria ser mejor entonces si " +
		"pode fica bom otimo melhor entao sim works fine is ok good"
)
