//go:build !unix

package dameng

import "net"

// alive cannot look there; the first statement finds out.
func alive(net.Conn) bool { return true }
