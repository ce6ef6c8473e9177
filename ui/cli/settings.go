package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"github.com/zalando/go-keyring"
	"go.yaml.in/yaml/v3"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// configValues are the values of the keys as they hold for a command: of the
// environment, and where that is silent of the file.
func configValues(cmd *cobra.Command, keys []string) (values map[string]string, file string, err error) {
	v := viper.New()
	v.SetEnvPrefix(envPrefix)
	v.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	v.AutomaticEnv()
	file, err = readConfigFile(cmd, v, configKeys(cmd.Root()))
	if err != nil {
		return nil, file, err
	}
	values = map[string]string{}
	for _, key := range keys {
		values[key] = v.GetString(key)
	}
	return values, file, nil
}

// configFile is the file that cmd reads, whether it exists or not.
func configFile(cmd *cobra.Command) string {
	for _, path := range []string{configFlag(cmd), os.Getenv(envConfig)} {
		if path != "" {
			return path
		}
	}
	return defaultConfigFile()
}

// saveConfig writes values into the configuration file; "" takes a key out. Every
// value is read by its flag first, so nothing is written that no command would
// take. The rest of the file stays as a person wrote it, with its comments.
func saveConfig(cmd *cobra.Command, values map[string]string) error {
	if err := checkValues(cmd.Root(), values); err != nil {
		return err
	}
	file := configFile(cmd)
	switch filepath.Ext(file) {
	case ".yaml", ".yml", "":
	default:
		return usagef("%s is not written by mapiscope, which writes YAML alone", file).hint("change it with an editor")
	}
	if file == "" {
		return usagef("there is no home folder to keep the configuration in").hint("name a file with --config FILE")
	}
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return usagef("cannot read the configuration file %s: %v", file, reason(err))
	}
	text, err := editYAML(old, values)
	if err != nil {
		return configFileError(file, err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return usagef("cannot make the folder of %s: %v", file, reason(err))
	}
	if err := writeFile(file, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return usagef("cannot write the configuration file %s: %v", file, err)
	}
	return nil
}

// checkValues lets the flag of each key read its value.
func checkValues(root *cobra.Command, values map[string]string) error {
	fresh := newRoot(Streams{}) // its flags are nobody's
	for _, key := range sortedKeys(values) {
		f := findFlag(fresh, key)
		switch {
		case f == nil:
			return usagef("%q is no configuration key", key)
		case values[key] == "":
			continue
		}
		if err := setFlag(f, values[key], key); err != nil {
			return err
		}
	}
	if address := values["address"]; address != "" {
		if _, err := parseAddress([]string{address}); err != nil {
			return err
		}
	}
	if proxy := values["proxy"]; proxy != "" {
		if _, err := proxyFunc(proxy, &netpath.Path{}); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys(values map[string]string) []string {
	var keys []string
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// findFlag is the flag of that name of any command.
func findFlag(cmd *cobra.Command, name string) *pflag.Flag {
	if f := cmd.Flags().Lookup(name); f != nil {
		return f
	}
	for _, sub := range cmd.Commands() {
		if f := findFlag(sub, name); f != nil {
			return f
		}
	}
	return nil
}

// editYAML sets keys of a YAML mapping and leaves everything else as it is.
func editYAML(old []byte, values map[string]string) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(old, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		doc = yaml.Node{Kind: yaml.DocumentNode, HeadComment: doc.HeadComment, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, errors.New("it holds no lines of the form \"key: value\"")
	}
	for _, key := range sortedKeys(values) {
		setYAML(top, key, values[key])
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		return nil, err
	}
	return out.Bytes(), enc.Close()
}

func setYAML(top *yaml.Node, key, value string) {
	for i := 0; i+1 < len(top.Content); i += 2 {
		if top.Content[i].Value != key {
			continue
		}
		if value == "" {
			top.Content = slices.Delete(top.Content, i, i+2)
			return
		}
		if top.Content[i+1].Value != value {
			top.Content[i+1].SetString(value)
		}
		return
	}
	if value != "" {
		k, v := &yaml.Node{}, &yaml.Node{}
		k.SetString(key)
		v.SetString(value)
		top.Content = append(top.Content, k, v)
	}
}

// keepPassword puts a password into the system's keyring, where findPassword looks.
func keepPassword(ctx context.Context, user, password string) error {
	ctx, cancel := context.WithTimeout(ctx, keyringLimit)
	defer cancel()
	kept := make(chan error, 1) // buffered: the keyring may answer after we left
	go func() { kept <- keyring.Set(keyringService, user, password) }()
	select {
	case err := <-kept:
		return err
	case <-ctx.Done():
		return fmt.Errorf("the keyring does not answer within %v", keyringLimit)
	}
}
