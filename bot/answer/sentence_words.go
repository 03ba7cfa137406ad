package answer

// beforeNumber are the words that may stand before the number that a person answers with: greetings,
// verbs of wanting and being, and names of what is numbered. With any other word the number may be that
// of a street, an order or a day.
var beforeNumber = setOf(
	leading, polite, amountNames,
	// Spanish
	"quiero queremos quisiera quisieramos querria quiere deseo deseamos necesito necesitamos necesitaria prefiero preferimos "+
		"dame deme denme danos denos das dan damos doy daria dare ponme pon ponga pongame pongo pondria pongale ponle colocame coloca "+
		"manda mandame mande mandeme envia enviame envie enviame traeme traigame regalame vendame vendeme apartame "+
		"llevo llevare llevaria llevamos llevar llevaremos pido pedir pedimos pedire pediria encargo encargar ordeno ordenar "+
		"compro comprar comprare compraria compramos tomo tomar agrega agregame agregale agregar agregue anota anotame anote "+
		"seriamos seremos ser serian sera seran fueron fue era eran vamos voy vienen van va iremos ir iran irian asistimos asistiremos asistiran asisten "+
		"tenemos tendria estamos somos quedamos "+
		"califico calificaria calificacion puntaje puntuacion puntos nota evaluo evaluacion valoro valoracion voto elijo escojo marco respondo "+
		"me te le les nos lo se gustaria encantaria creo pienso digo dije diria yo nosotros nosotras ustedes usted "+
		"para por solo solamente unicamente tan apenas aproximadamente aprox alrededor total en "+
		"bien perfecto listo excelente muy bueno buena buen super genial malo mala pesimo pesima regular otimo ruim eso ahora final al puede pueden podria podrian confirmo confirmamos confirmados mejor entonces pues mira oye okey vale buenas buenos y tambien ya "+
		"opcion alternativa respuesta combo promo producto articulo item plan mesa cuotas edad "+
		"favor porfavor porfa porfis con "+
		"pago pague pagar pagaria pagare puedo podria gano ganamos gasto debo abono abonar abonare monto valor precio sueldo salario renta ingreso ingresos saldo promedio peso mido",
	// Portuguese
	"quero queremos queria gostaria gostariamos desejo desejamos preciso precisamos prefiro preferimos "+
		"da de dou daria coloca coloque coloco colocaria bota botar ponha poe manda mande envie traz traga adiciona adicione separa separe "+
		"querer vai pode podem poderia ve confirmo levo levar levamos peco pedir pedimos compro comprar compramos vou vamos iremos vao irao serao seriam seremos ser seriamos uns umas em "+
		"temos tenho estamos ficamos eu nos nota avaliacao avalio pontuacao pontos voto escolho marco "+
		"pra para so somente apenas total quantidade acho opcao resposta com combo produto item plano pago pagar pagaria posso ganho gasto devo preco salario renda saldo valor peso mesa parcelas idade "+
		"entao bom boa tudo bem certo",
	// English
	"i we want need would like give gives take have order get put pick choose say i'd i'll we'd we'll we're us me them you "+
		"score rating grade option table age just only about around there are will be people for think so",
)

// beforeMinus are the words behind which "menos 5" is a number below zero: in "quiero menos 5" it is not.
var beforeMinus = setOf("es e a de en son is at minus temperatura saldo")

// units are those of quantities that have others too: who is asked for minutes and answers "2 horas" does
// not mean 2.
var units = setOf(
	"segundo segundos seg min mins minuto minutos hora horas h hr hrs hs dia dias semana semanas quincena quincenas mes meses "+
		"bimestre bimestres trimestre trimestres semestre semestres decada decadas siglo siglos",
	"segundos horas dia dias semana semanas mes meses",
	"second seconds minute minutes hour hours day days week weeks month months",
	"kg kgs kilo kilos quilo quilos quilometro quilometros kilogramo kilogramos gramo gramos grama gramas gr grs g mg tonelada toneladas ton libra libras lb lbs onza onzas oz quintal quintales arroba arrobas",
	"mt mts m metro metros cm cms mm km kms kilometro kilometros centimetro centimetros milimetro milimetros pulgada pulgadas pie pies milla millas "+
		"hectarea hectareas ha cuadra cuadras quadra quadras",
	"l lt lts litro litros ml cc galon galones grado grados graus c oc f of celsius centavo centavos centimo centimos",
)

// changesNumber are the words behind a number that make something else of it, wherever they stand: other
// numbers, parts, multiples, comparisons, refusals, hours and dates.
var changesNumber = setOf(
	besidesCounting,
	"no ni nunca jamas tampoco nao nem not never nor",
	"o u ou or mas menos mais more less minus hasta ate desde entre maximo minimo maxima minima up casi quase",
	"ciento cento porciento porcento percent docena docenas duzia duzias dozen decena decenas dezena dezenas par pares pair pairs centenar centenares "+
		"millar millares millon millones milhao milhoes mil thousand million hundred",
	"luca lucas luka lukas palo palos gamba gambas quina quinas conto contos pila pilas k grand melon melones",
	"medio media meio meia half cuarto cuartos tercio tercios quinto quintos quarto quartos terco tercos avos octavos decimo decimos "+
		"coma punto virgula ponto point sobre pico algo tanto tantos tantas tal cada odd",
	"primer primera primero segundo segunda tercer tercera tercero cuarta quinta sexto sexta septimo octavo noveno "+
		"primeira primeiro terceira terceiro quarta setimo oitavo nono first second third fourth fifth",
	"otro otra otros otras outro outra outros outras another other dobles doble triple dobro",
	"am pm hs hrs hr h tarde noche madrugada manana manha noite morning afternoon evening night",
	"lunes martes miercoles jueves viernes sabado domingo feira monday tuesday wednesday thursday friday saturday sunday",
	"enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre",
	"janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro",
	"cuanto cuanta cuantos cuantas cual cuales donde cuando quien quanto quanta quantos quantas qual quais onde quando quem how what which when where who",
	"x ya atras hace hacia",
	"ninguno ninguna ningun nenhum nenhuma comas sextos septimos setimos novenos tristes",
	"cancela cancelo cancele cancelar cancelado cancelada cancelalo cancelen cancelamos anula anulo anule anular anulado anulada anulalo "+
		"olvida olvidalo olvidelo olvidate esquece esqueca esquecer equivoque equivocado equivocada equivoquei errei borra borralo borrar elimina eliminar "+
		"cancelei cancelem cancelled canceled cancel forget",
	"disculpas disculpa perdon perdones desculpa desculpas besos abrazos",
)

// takesBack are the words that take back a number that stands right before them, or one word before.
var takesBack = setOf("error errado errada equivocacion broma mentira engano brincadeira incorrecto incorrecta mistake demasiado demasiada demasiados demasiadas poco poca pocos pocas pouco pouca poucos poucas muchisimo")

// wrongNumber is the verb between a number and "mal": "los 2 están mal".
var wrongNumber = setOf("esta estan estaba estaban estao")

// additions are the words that join one thing to another, besides those that stand behind them where a person
// is counted beside the number.
var (
	additions = setOf("y e and")
	besides   = setOf("yo mi mis su sus el la los las tu ella nosotros eu meu minha meus minhas ele ela me my his her")
)

// afterOne are the words that say of "una" that it is a number: "una sola".
var afterOne = setOf("solo sola solito solita unico unica nomas nada apenas so somente just only")

// counted are things of which "una" says how many. Before any other word it says nothing: "una maravilla",
// "una consulta", "un asesor".
var counted = setOf(
	// Spanish
	"pizza empanada hamburguesa completo sandwich sanguche torta pastel queque kuchen pan arepa taco burrito tamal pupusa ceviche pollo papa plato almuerzo "+
		"colacion combo promo cena desayuno porcion racion bebida gaseosa refresco jugo agua cerveza vino botella lata vaso copa cafe te taza helado postre galleta chocolate sushi roll "+
		"unidad caja bolsa paquete pack bulto saco rollo frasco tarro pieza item producto articulo prenda polera camisa camiseta pantalon vestido falda chaqueta gorro "+
		"libro cuaderno lapiz silla mesa cama colchon sillon mueble lampara ventana puerta tv televisor celular computador notebook tablet equipo linea chip "+
		"auto carro coche moto camioneta vehiculo bicicleta rueda neumatico llanta entrada ticket boleto pasaje asiento cupo habitacion cabana departamento "+
		"adulto adulta nino nina menor bebe hijo hija hermano hermana amigo amiga acompanante invitado invitada mascota perro perra gato gata cuota estrella punto sesion clase copia",
	// Portuguese
	"esfiha coxinha hamburguer lanche refrigerante suco cerveja garrafa copo pao bolo salgado marmita porcao unidade caixa sacola pacote peca artigo calca livro cadeira cama "+
		"carro bicicleta crianca filho filha irmao irma amigo amiga convidado convidada ingresso bilhete passagem assento parcela estrela ponto aula cachorro",
	// English
	"sandwich burger coffee beer bottle box bag pack piece item product shirt book chair table ticket seat room adult child kid baby friend guest pet dog cat star point",
)

// besidesCounting are the words of a person who wants help, and answers no question with a number before them.
const besidesCounting = "ustedes vosotros nosotros ellos ellas voces eles elas them you us pregunta preguntas preguntita consulta consultas duda dudas problema problemas inconveniente inconvenientes reclamo reclamos queja quejas sugerencia sugerencias " +
	"momento momentito instante rato ratito ayuda ayudar ayuden ayudame asesor asesora asesores agente agentes ejecutivo ejecutiva humano humana operador operadora " +
	"pergunta perguntas duvida duvidas reclamacao reclamacoes momentinho instantinho ajuda ajudar atendente atendentes question questions problem problems help moment agent"
