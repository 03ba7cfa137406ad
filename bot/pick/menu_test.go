package pick_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/bot/pick"
)

// called are the places, from 0 on, of the options that a number means.
func called(t *testing.T, titles []string, text string) (places []int) {
	t.Helper()
	menu := pick.MenuOf(titles, nil)
	n, ok := menu.Read(text, fold.Words(fold.Text(text)), fold.Tokens(text)).Number()
	require.True(t, ok, text)
	isCalled := menu.Called(n, titles)
	for place := range titles {
		if isCalled(place) {
			places = append(places, place)
		}
	}
	return places
}

func TestNumbersOfMenus(t *testing.T) {
	for _, tt := range []struct {
		titles []string
		called map[string][]int
	}{
		{[]string{"Ventas", "Hablar con una persona", "Segundo piso"}, map[string][]int{"1": nil, "la segunda": {1, 2}, "opción 3": {2}}},
		{[]string{"Ventas", "Hablar con una persona"}, map[string][]int{"1": {0}, "la 2": {1}, "3": nil}},
		{[]string{"2 personas", "4 personas", "Más de 4"}, map[string][]int{"3": nil, "la 3": nil, "opción 3": {2}, "la tercera": {2}, "2": {0, 1}}},
		{[]string{"2 cuotas", "6 cuotas", "12 cuotas"}, map[string][]int{"3": nil, "12": {2}, "tres": nil, "la opción número 3": {2}}},
		{[]string{"10 am", "2 pm", "4 pm"}, map[string][]int{"3": nil, "10": {0}, "2": {1}, "4": {2}}},
		{[]string{"10am", "12am"}, map[string][]int{"2": nil, "1": nil}},
		{[]string{"10:00", "11:00", "12:00"}, map[string][]int{"2": nil, "11": {1}}},
		{[]string{"10/12", "11/12"}, map[string][]int{"2": nil}},
		{[]string{"Pizza 9.990", "Lasaña $8.500"}, map[string][]int{"2": {1}}},
		{[]string{"1 persona", "2 personas", "Más"}, map[string][]int{"2": {1}, "3": {2}}},
		{[]string{"1. Ventas", "2. Soporte", "Otro"}, map[string][]int{"2": {1}, "3": {2}}},
		{[]string{"1. Ventas", "2. Soporte", "9. Salir", "0. Volver"}, map[string][]int{"9": {2}, "0": {3}, "la 9": {2}, "3": nil, "4": nil, "la tercera": nil, "2": {1}}},
		{[]string{"1. A", "1. B"}, map[string][]int{"1": {0, 1}, "2": nil}},
	} {
		for text, want := range tt.called {
			require.Equal(t, want, called(t, tt.titles, text), "%q at %q", text, tt.titles)
		}
	}
}

func TestALetterThatIsATitleIsNoArticle(t *testing.T) {
	for _, tt := range []struct {
		titles      []string
		text, title string
		want        bool
	}{
		{[]string{"A", "B", "C", "D"}, "A o B", "B", false},
		{[]string{"A", "B", "C", "D"}, "a, b", "B", false},
		{[]string{"A", "B", "C", "D"}, "la a o la b", "B", false},
		{[]string{"A", "B", "C", "D"}, "a o d", "D", false},
		{[]string{"A", "B", "C", "D"}, "la b", "B", true},
		{[]string{"A", "B"}, "la a", "A", true},
		{[]string{"O", "A"}, "a o", "O", false},
		{[]string{"O", "A"}, "la o", "O", true},
		{[]string{"Opción A", "Opción B"}, "a o b", "Opción B", false},
		{[]string{"Opción A", "Opción B"}, "la b", "Opción B", true},
		{[]string{"Soporte"}, "o soporte", "Soporte", true},
	} {
		said := pick.MenuOf(tt.titles, nil).Read(tt.text, fold.Words(fold.Text(tt.text)), nil)
		require.Equal(t, tt.want, said.Means(tt.title, fold.Text(tt.title)), "%q at %q", tt.text, tt.titles)
	}
	_, isNumber := pick.MenuOf([]string{"Sí", "No"}, []string{"a"}).Read("a 2", []string{"a", "2"}, nil).Number()
	require.False(t, isNumber, "a word of a choice may be a letter, too")
}

func TestTitlesThatSayHowMany(t *testing.T) {
	rest, ok := pick.Counted("2 Napolitana")
	require.True(t, ok)
	require.Equal(t, "Napolitana", rest)
	for _, title := range []string{"2", "2x Napolitana", "Napolitana", "", "2.000 pesos"} {
		_, ok := pick.Counted(title)
		require.False(t, ok, title)
	}
}
