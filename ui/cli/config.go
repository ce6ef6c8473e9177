package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cast"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/mapiscope/mapiscope/diag/suite"
)

// envPrefix starts the environment variable of every key: ca-file is
// MAPISCOPE_CA_FILE.
const envPrefix = "MAPISCOPE"

// Variables that are no configuration keys: the secret, which may not stand in
// a file, and the name of the file itself.
const (
	envPassword = envPrefix + "_PASSWORD"
	envConfig   = envPrefix + "_CONFIG"
)

// notKeys are flags that belong to one command line and make no sense in a
// file that holds for all of them.
var notKeys = []string{"help", "config", "name", "password-stdin", "headless", "list", "print-env", "listen", "scenario", "tab", "probe", "guide", "report", "check-file"}

// applyConfig gives every flag of cmd that was not typed its value from the
// environment or, failing that, the configuration file. The flag's own parser
// reads the value, so a key accepts exactly what its flag accepts. A command
// without any such flag ("version") is not stopped by a broken file.
func applyConfig(cmd *cobra.Command) error {
	known := configKeys(cmd.Root())
	if !hasKey(cmd, known) {
		return nil
	}
	if err := checkEnv(known); err != nil {
		return err
	}
	v := viper.New()
	v.SetEnvPrefix(envPrefix)
	v.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	v.AutomaticEnv()
	file, err := readConfigFile(cmd, v, known)
	if err != nil {
		return err
	}
	var failed error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if failed == nil && !f.Changed && slices.Contains(known, f.Name) && v.IsSet(f.Name) {
			failed = setFlag(f, v.Get(f.Name), origin(f.Name, file))
		}
	})
	return failed
}

// configKeys are the names of all flags, of every command, that may also stand
// in the configuration: one file serves all commands.
func configKeys(root *cobra.Command) []string {
	var keys []string
	var walk func(*cobra.Command)
	add := func(f *pflag.Flag) {
		if !slices.Contains(notKeys, f.Name) && !slices.Contains(keys, f.Name) {
			keys = append(keys, f.Name)
		}
	}
	walk = func(c *cobra.Command) {
		if c.Name() == "completion" { // cobra's own flags
			return
		}
		c.LocalFlags().VisitAll(add)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	slices.Sort(keys)
	return keys
}

func hasKey(cmd *cobra.Command, known []string) bool {
	return slices.ContainsFunc(known, func(key string) bool { return cmd.Flags().Lookup(key) != nil })
}

// readConfigFile reads the file named by --config, MAPISCOPE_CONFIG or the
// default place into v and returns its path. A default file that does not
// exist is no error; one that was named is.
func readConfigFile(cmd *cobra.Command, v *viper.Viper, known []string) (string, error) {
	path, _ := cmd.Flags().GetString("config")
	if path == "" {
		path = os.Getenv(envConfig)
	}
	named := path != ""
	if !named {
		if path = defaultConfigFile(); path == "" {
			return "", nil
		}
	}
	v.SetConfigFile(path)
	switch filepath.Ext(path) {
	case ".yaml", ".yml", ".toml", ".json":
	case "":
		v.SetConfigType("yaml")
	default:
		return "", usagef("the configuration file %s has a name that ends in neither .yaml, .toml nor .json", path).
			hint("rename it to end in .yaml")
	}
	err := v.ReadInConfig()
	if !named && errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", configFileError(path, err)
	}
	return path, checkFileKeys(path, v.AllKeys(), known)
}

// configFileError says in one sentence why the file cannot be used. Parsers
// answer in several lines; the first one that carries words is enough.
func configFileError(path string, err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return usagef("cannot read the configuration file %s: %v", path, reason(err)).
			hint("name another with --config FILE, or leave --config out")
	}
	cause := err
	for next := errors.Unwrap(cause); next != nil; next = errors.Unwrap(cause) {
		cause = next
	}
	return usagef("the configuration file %s is broken: %s", path, oneLine(cause.Error())).
		hint("it holds lines like \"user: CONTOSO\\alice\"; the keys are the flags of \"mapiscope check --help\"")
}

// oneLine joins the lines of a parser's message.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// defaultConfigFile is $XDG_CONFIG_HOME/mapiscope/config.yaml, or what stands
// for it on this system; "" where there is no home.
func defaultConfigFile() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "mapiscope", "config.yaml")
}

// checkFileKeys refuses a key that no flag has, naming the nearest one.
func checkFileKeys(path string, got, known []string) error {
	slices.Sort(got)
	for _, key := range got {
		if key == "password" {
			return usagef("the configuration file %s holds a password, and mapiscope reads none from there", path).
				hint("remove it; use the system's keyring, %s or --password-stdin", envPassword)
		}
		if !slices.Contains(known, key) {
			return unknownKey(fmt.Sprintf("unknown key %q in the configuration file %s", key, path), suite.Nearest(key, known))
		}
	}
	return nil
}

// checkEnv refuses a MAPISCOPE_ variable that stands for no key: a misspelt
// one would otherwise change nothing, silently.
func checkEnv(known []string) error {
	names := []string{envPassword, envConfig}
	for _, key := range known {
		names = append(names, envName(key))
	}
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		if value != "" && strings.HasPrefix(name, envPrefix+"_") && !slices.Contains(names, name) {
			return unknownKey("unknown environment variable "+name, suite.Nearest(name, names))
		}
	}
	return nil
}

func unknownKey(sentence, meant string) error {
	err := usagef("%s", sentence)
	if meant != "" {
		err.hint("did you mean %s?", meant)
	}
	return err.hint("the keys are the flags of \"mapiscope check --help\", without the dashes in front")
}

func envName(key string) string {
	return envPrefix + "_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

// origin says where the value of key came from, for error messages.
func origin(key, file string) string {
	if name := envName(key); os.Getenv(name) != "" {
		return name
	}
	return fmt.Sprintf("%s in %s", key, file)
}

// setFlag hands a configuration value to the flag's parser. A list in the
// environment is written with spaces between its elements.
func setFlag(f *pflag.Flag, value any, from string) error {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		elements, err := cast.ToStringSliceE(value)
		if err != nil {
			return usagef("%s: want a list", from)
		}
		if err := list.Replace(elements); err != nil {
			return usagef("%s: %v", from, err)
		}
		return nil
	}
	text, err := cast.ToStringE(value)
	if err != nil {
		return usagef("%s: want one value, not a list or a table", from)
	}
	if err := f.Value.Set(text); err != nil {
		return valueError(from, text, f.Value.Type(), err)
	}
	return nil
}

// valueError says which value was refused and what its flag wants.
func valueError(from, text, kind string, err error) error {
	switch kind {
	case "duration":
		return usagef("%s: %q is not a duration", from, text).hint("write it with a unit, such as 90s or 2m")
	case "bool":
		return usagef("%s: %q is neither true nor false", from, text)
	case "word":
		return usagef("%s: %v", from, err).hint("write one of those words")
	}
	return usagef("%s: %v", from, err)
}
