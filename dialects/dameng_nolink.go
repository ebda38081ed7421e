//go:build nodameng

package dialects

import (
	"database/sql/driver"
	"fmt"
	"net/url"
)

// damengConnector of a build without the vendor's driver (make build DAMENG=0).
func damengConnector(*url.URL, Options) (driver.Connector, error) {
	return nil, fmt.Errorf("%s: %w", Dameng, ErrNoDriver)
}
