package netmon

import (
	"sync"
	"time"
)

// proxyAge is for how long a proxy setting that was read is used: on a desktop a
// program has to be run to read it, which costs more than a connection.
const proxyAge = 5 * time.Second

// SystemSetting gives this computer's setting as it is when it is asked, with the
// script that it names: that of the environment, or else the system's own.
func SystemSetting() func() Proxy {
	var mu sync.Mutex
	var setting Proxy
	var readAt time.Time
	return func() Proxy {
		mu.Lock()
		defer mu.Unlock()
		if readAt.IsZero() || time.Since(readAt) > proxyAge {
			setting, readAt = system().proxy(), time.Now()
		}
		return setting
	}
}

// firstProxy is env where the environment names a proxy, otherwise the system's.
func firstProxy(env Proxy, system func() Proxy) Proxy {
	if env.HTTP != "" || env.HTTPS != "" {
		return env
	}
	return system()
}
