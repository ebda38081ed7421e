package entry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"
)

// accessDenied is MySQL's number for a wrong password.
const accessDenied = 1045

// health logs in the way the application does and has the server answer a statement: a server that merely listens, or
// whose data directory belongs to another installation, is not healthy.
func (s Server) health(ctx context.Context) (err error) {
	user := s.Getenv("MYSQL_USER")
	if user == "" {
		return errors.New("MYSQL_USER is not set: nobody to log in as")
	}
	password, err := s.secret("MYSQL_PASSWORD_FILE")
	if err != nil {
		return err
	}
	config := mysql.NewConfig()
	config.Net, config.Addr = "unix", s.Socket()
	config.User, config.Passwd, config.DBName = user, password, s.Getenv("MYSQL_DATABASE")
	config.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return fmt.Errorf("health: %w", err)
	}
	pool := sql.OpenDB(connector)
	defer func() { err = errors.Join(err, pool.Close()) }()
	var one int
	err = pool.QueryRowContext(ctx, "SELECT 1").Scan(&one)
	var denied *mysql.MySQLError
	if errors.As(err, &denied) && denied.Number == accessDenied {
		return fmt.Errorf("health: the password in %s is not the one this data directory was made with: %w", s.Getenv("MYSQL_PASSWORD_FILE"), err)
	}
	if err != nil {
		return fmt.Errorf("health: %w", err)
	}
	return nil
}
