package server_test

// notifyCases: everybody chooses for themselves; the ways out of the house are the system administrator's.
func (m *matrix) notifyCases() map[string]matrixCase {
	return map[string]matrixCase{
		"notify-preferences-get": fixed("/notifications/preferences"),
		"notify-preferences-update": func() (string, any) {
			return "/notifications/preferences", map[string]any{
				"kinds": []any{}, "quiet": false, "quietFrom": 1320, "quietTo": 480, "quietDays": []int{1}, "digest": "instant", "digestAt": 540,
			}
		},
		"channel-mail-get": fixed("/channels/mail"),
		"channel-mail-update": func() (string, any) { // what another cell saved in between is a conflict, like for anybody
			return "/channels/mail", map[string]any{"version": 0, "enabled": false, "host": "127.0.0.1", "port": 1, "security": "none", "fromAddress": "a@example.cn"}
		},
		"channel-mail-test":    fixed("/channels/mail/test"), // the administrator of the test has no address: a conflict
		"channel-outbox-list":  fixed("/channels/outbox"),
		"channel-outbox-retry": fixed("/channels/outbox/retry"),
	}
}
