// Package adxoff turns one processor feature off before the SM2 code of gmsm looks for it.
//
// gmsm v0.26.1 to v0.44.0 multiplies field elements wrongly on amd64 processors that have ADX and BMI2: its reduction reads an
// overflow flag left behind by a subtraction (gmsm issue 560). A valid SM2 signature can be refused, and whoever chooses the
// inputs can provoke it. Without ADX gmsm takes another code path that is right and no slower to notice.
//
// gmsm reads GODEBUG once, while its package cpu is initialised, and the go:debug directive does not reach it, so the variable
// has to be in the environment before that moment, also when the process was started by hand and not by the unit or image that
// sets it. Go initialises, of all packages whose imports are ready, the one with the smallest import path first. This package
// imports nothing but os, which gmsm's cpu package imports too, and "dingban" sorts before "github.com": so it always comes
// first. It must stay that small, and every package that reaches SM2 must import it; the tests here hold both, and the
// start-up self test of the vault refuses to serve should it ever fail to work.
package adxoff
