package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// pagePolicy is what the pages may do: load only from here. Inline styles are needed by the component library;
// WebAssembly by the barcode reader.
const pagePolicy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; " +
	"img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' ws: wss: blob: data:; worker-src 'self' blob:; " +
	"object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

// apiPolicy is for answers that are no pages at all.
const apiPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

// secure sets the headers that make a browser defend the person.
func secure(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self), geolocation=(self), payment=(), usb=()")
	if strings.HasPrefix(r.URL.Path, "/api/") {
		h.Set("Content-Security-Policy", apiPolicy)
		h.Set("Cache-Control", "no-store")
	} else {
		h.Set("Content-Security-Policy", pagePolicy)
	}
	// A browser applies this to every port of a host, so a trial on localhost must not set it.
	if r.TLS != nil && !isLoopback(r.Host) {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

func isLoopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}

// clientAddress is the last address of the chain that is not a proxy we trust. Whatever stands left of it in
// X-Forwarded-For was written by the client itself and is worth nothing.
func clientAddress(r *http.Request, trusted []netip.Prefix) string {
	peer := peerAddress(r)
	if !trusts(trusted, peer) {
		return text(peer, r.RemoteAddr)
	}
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(chain) {
		addr, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		peer = addr.Unmap()
		if !trusts(trusted, peer) {
			break
		}
	}
	return text(peer, r.RemoteAddr)
}

func peerAddress(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return peer.Addr().Unmap().WithZone("")
}

func text(addr netip.Addr, fallback string) string {
	if !addr.IsValid() {
		return fallback
	}
	return addr.String()
}

func trusts(trusted []netip.Prefix, addr netip.Addr) bool {
	return addr.IsValid() && slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// Local tells whether a request comes from this very machine, without a proxy in between.
func Local(r *http.Request) bool {
	peer := peerAddress(r)
	return peer.IsValid() && peer.IsLoopback() && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
}
