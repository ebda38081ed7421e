// Package e2etest drives the real binary with a real bundle against a real Docker engine: what a customer does, and what
// can go wrong on the way. Its tests have the build tag docker and are told by DINGBAN_BIN and DINGBAN_BUNDLE what to try, and by
// DINGBAN_TEST_ENGINE (unix:///path) on which engine, when it is not this machine's.
package e2etest
