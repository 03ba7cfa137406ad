package answer_test

import (
	"testing"

	"github.com/chattigo/api-isv/bot/answer"
)

func TestCURP(t *testing.T) {
	readAll(t, answer.CURP, answer.Context{}, []reading{
		{"CURP: hegg560427mvzrrl04", "HEGG560427MVZRRL04"},
		{"HEGG 560427 MVZRRL 04", "HEGG560427MVZRRL04"},
		{"mi curp es HEGG560427MVZRRL04.", "HEGG560427MVZRRL04"},
		{"HEGG560427XVZRRL08", "HEGG560427XVZRRL08"}, // neither H nor M, since 2023
		{"AAAA000229HDFCCCA6", "AAAA000229HDFCCCA6"}, // there was a 29th of February in 2000
		{"AAAA000229HDFCCC06", nil},                  // and none in 1900
		{"HEGG560427MVZRRL05", nil},
		{"PEGL890909MJCRMS09", nil},
		{"PEGL891313MJCRMS06", nil}, // no such day
		{"PEGL890909QJCRMS08", nil}, // no such sex
		{"PEGL890909MQQRMS02", nil}, // no such state
		{"PEGL890909MJCRMS0", nil},
		{"PEGL890909MJC1MS03", nil},
		{"1EGL890909MJCRMS08", nil},
		{"PEGL89090AMJCRMS08", nil},
		{"PEGL890909MJCRMS&8", nil},
		{"123ZZZZZZZZZZZZZ90", nil},
	})
}

func TestRFC(t *testing.T) {
	readAll(t, answer.RFC, answer.Context{}, []reading{
		{"GODE 561231 GR8", "GODE561231GR8"},
		{"rfc: gode-561231-gr8", "GODE561231GR8"},
		{"Mi RFC es GODE561231GR8, gracias", "GODE561231GR8"},
		{"muñ110218lj6", "MUÑ110218LJ6"},
		{"mun\u0303110218lj6", "MUÑ110218LJ6"},
		{"b&d 960529 8y3", "B&D9605298Y3"},
		{"xaxx010101000", "XAXX010101000"},
		{"GODE561231GR9", nil},
		{"VACE460910SX6", nil}, // in use, with another digit (python-stdnum)
		{"GODE561331GR2", nil}, // no such day
		{"GODE561231", nil},
		{"GO1E561231GR8", nil},
		{"GODE56123AGR8", nil},
		{"GODE561231&R6", nil},
		{"GODE561231ÑR8", nil},
		{"GODE561231GRB", nil},
		{"ABC DEFGHI JKL", nil},
	})
}
