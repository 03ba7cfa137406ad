package hint

// synonyms are words of other tools and languages, without accents and in small letters, with our
// names for the same. Which of them fits is known to those who ask: only names that they know are
// suggested, and the first of those. It is never written.
var synonyms = map[string][]string{
	// parts of a bot
	"estados": {"states"}, "nodes": {"states"}, "steps": {"states"}, "flows": {"states"}, "screens": {"states"},
	"constants": {"data"}, "constantes": {"data"}, "datos": {"data"}, "catalog": {"data"}, "config": {"data"},
	"variables": {"vars"}, "slots": {"vars"}, "context": {"vars"}, "attributes": {"vars"},
	"nombre": {"name"}, "title": {"button", "name", "text"}, "name": {"title"}, "version": {"bot"},
	"idioma": {"languages"}, "idiomas": {"languages"}, "lang": {"languages"}, "locale": {"languages"},
	"zonahoraria": {"timezone"}, "tz": {"timezone"}, "zone": {"timezone"},
	"inicio": {"start"}, "initial": {"start"}, "entry": {"start"}, "begin": {"start"},
	"keywords": {"triggers", "words"}, "intents": {"triggers"}, "disparadores": {"triggers"},
	"horarios": {"hours"}, "schedule": {"hours", "weekly"}, "openinghours": {"hours"},
	"texts": {"strings"}, "textos": {"strings"}, "translations": {"strings"}, "i18n": {"strings"},
	"tests": {"cases"}, "testcases": {"cases"}, "pasos": {"steps"}, "mocks": {"http"}, "match": {"matches"},
	// parts of a state
	"message": {"say", "text"}, "mensaje": {"say", "text"}, "mensajes": {"messages", "say"}, "decir": {"say"},
	"reply": {"say"}, "respond": {"say"}, "send": {"say"}, "utter": {"say"}, "prompt": {"say"}, "speak": {"say"},
	"question": {"ask"}, "pregunta": {"ask"}, "preguntar": {"ask"}, "input": {"ask"}, "collectinput": {"ask"},
	"next": {"goto", "to", "then"}, "siguiente": {"goto", "to"}, "ira": {"goto", "to"}, "redirect": {"goto"},
	"jump": {"goto"}, "go": {"goto"}, "ir": {"goto"}, "dice": {"say"}, "di": {"say"}, "transition": {"goto"}, "transitions": {"goto", "choices"}, "target": {"to"},
	"cerrar": {"close"}, "end": {"close"}, "fin": {"close"}, "exit": {"close"}, "finish": {"close"}, "terminar": {"close"},
	"transfer": {"handoff"}, "derivar": {"handoff"}, "agent": {"handoff"}, "human": {"handoff"}, "humano": {"handoff"},
	"escalate": {"handoff"}, "request": {"call", "http"}, "api": {"call"}, "webhook": {"call"}, "llamar": {"call"},
	"subroutine": {"run"}, "gosub": {"run"}, "subflow": {"run"}, "assign": {"set"}, "setvars": {"set"}, "description": {"about"},
	// parts of a question, a branch and a call
	"options": {"choices", "choice"}, "opciones": {"choices", "choice"}, "on": {"choices"}, "buttons": {"choices", "choice"},
	"botones": {"choices", "choice"}, "button": {"choice"}, "boton": {"choice"}, "menu": {"choice", "list"}, "list": {"choice"},
	"type": {"as"}, "kind": {"as", "type"}, "tipo": {"as", "type"}, "format": {"as", "fmt"}, "store": {"save"}, "guardar": {"save"},
	"variable": {"save"}, "validate": {"reject"}, "validation": {"reject"}, "reminder": {"idle"}, "reminders": {"idle"},
	"recordatorio": {"idle"}, "attempts": {"max", "retries"}, "intentos": {"max"}, "maxattempts": {"max"}, "maxretries": {"max", "retries"},
	"fallback": {"else", "on_error"}, "otherwise": {"else"}, "sino": {"else"}, "onfail": {"else", "on_error"}, "default": {"else"},
	"condition": {"if"}, "when": {"if"}, "cond": {"if"}, "si": {"if"}, "goto": {"to"},
	"body": {"json", "text"}, "data": {"json"}, "payload": {"json"}, "params": {"query"}, "parameters": {"query"}, "url": {"get", "link"}, "label": {"title", "button"}, "lat": {"latitude"}, "lng": {"longitude"}, "lon": {"longitude"}, "src": {"link"},
	"delay": {"after"}, "esperar": {"after", "wait"}, "queue": {"to"}, "desk": {"to"}, "team": {"to"}, "value": {"text", "id"}, "link": {"url"}, "href": {"link", "url"}, "catch": {"on_error"},
	"contains": {"words"}, "equals": {"any"}, "exact": {"any"}, "regex": {"matches"}, "regexp": {"matches"}, "pattern": {"matches"},
	// kinds of answers and types of variables
	"string": {"text"}, "str": {"string", "text"}, "texto": {"text", "string"}, "text": {"string"},
	"integer": {"int"}, "entero": {"int"}, "whole": {"int"}, "float": {"number", "double"}, "decimal": {"number"}, "double": {"number"},
	"numero": {"number"}, "numeric": {"number"}, "boolean": {"bool"}, "booleano": {"bool"},
	"array": {"list"}, "lista": {"list", "choice"}, "arreglo": {"list"}, "object": {"map"}, "objeto": {"map"}, "dict": {"map"}, "mapa": {"map"},
	"datetime": {"timestamp"}, "fechahora": {"timestamp"}, "fecha": {"date"}, "day": {"date"}, "hora": {"time"}, "hour": {"time"},
	"correo": {"email"}, "mail": {"email"}, "telefono": {"phone"}, "celular": {"phone"}, "movil": {"phone"}, "tel": {"phone"},
	"ubicacion": {"location"}, "gps": {"location"}, "direccion": {"location"}, "foto": {"image"}, "imagen": {"image"}, "picture": {"image"},
	"photo": {"image"}, "documento": {"document"}, "file": {"document"}, "archivo": {"document"}, "pdf": {"document"},
	"voz": {"audio"}, "voice": {"audio"}, "contacto": {"contacts"}, "formulario": {"form"}, "flow": {"form"}, "cualquiera": {"any"}, "all": {"any"},
	// functions
	"len": {"size"}, "length": {"size"}, "count": {"size"}, "substring": {"slice"}, "substr": {"slice"}, "tostring": {"string"},
	"toint": {"int"}, "parseint": {"int"}, "tonumber": {"double"}, "touppercase": {"upper"}, "uppercase": {"upper"},
	"toupper": {"upper"}, "tolowercase": {"lower"}, "lowercase": {"lower"}, "tolower": {"lower"}, "formatdate": {"fmt"}, "dateformat": {"fmt"},
	"upperascii": {"upper"}, "lowerascii": {"lower"}, "mayusculas": {"upper"}, "minusculas": {"lower"}, "suma": {"sum"}, "total": {"sum"},
	"sortby": {"sort_by"}, "orderby": {"sort_by"}, "ordenar": {"sort"}, "distinct": {"unique"}, "uniq": {"unique"}, "redondear": {"round"},
	"today": {"date"}, "hoy": {"date"}, "todate": {"date"}, "adddays": {"add_days"}, "addmonths": {"add_months"}, "dateadd": {"add_days"},
	"datediff": {"days_between"}, "daysbetween": {"days_between"}, "coalesce": {"get"}, "getordefault": {"get"},
	"isopen": {"open"}, "translate": {"t"}, "includes": {"contains"}, "some": {"exists"}, "every": {"all"}, "currency": {"money"},
}
