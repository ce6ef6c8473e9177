package netmon

import (
	"net/url"
	"sync"
	"time"
)

// proxyAge is for how long a proxy setting that was read is used: on a desktop a
// program has to be run to read it, which costs more than a connection.
const proxyAge = 5 * time.Second

// SystemProxy gives the proxy for a URL by this computer's setting as it is when
// the connection is made: that of the environment, or else the system's own. A
// script (PAC) is not run.
func SystemProxy() func(*url.URL) (*url.URL, error) {
	var mu sync.Mutex
	var setting Proxy
	var readAt time.Time
	return func(u *url.URL) (*url.URL, error) {
		mu.Lock()
		defer mu.Unlock()
		if readAt.IsZero() || time.Since(readAt) > proxyAge {
			setting, readAt = system().proxy(), time.Now()
		}
		return setting.For(u)
	}
}

// firstProxy is env where the environment names a proxy, otherwise the system's.
func firstProxy(env Proxy, system func() Proxy) Proxy {
	if env.HTTP != "" || env.HTTPS != "" {
		return env
	}
	return system()
}
