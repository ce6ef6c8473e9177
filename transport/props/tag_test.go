package props

import "testing"

func TestTagParts(t *testing.T) {
	tag := Tag(0x3001001F)
	if tag.ID() != 0x3001 || tag.Type() != String {
		t.Errorf("id %#x, type %#x", tag.ID(), tag.Type())
	}
	if got := tag.WithType(String8); got != 0x3001001E {
		t.Errorf("WithType gives %#x", uint32(got))
	}
}

func TestTagString(t *testing.T) {
	for tag, want := range map[Tag]string{
		TagMailboxOwnerName: "PidTagMailboxOwnerName",
		TagSMTPAddress:      "PidTagSmtpAddress",
		0x3001001E:          "0x3001001E",
		0:                   "0x00000000",
	} {
		if got := tag.String(); got != want {
			t.Errorf("String of %#x is %q, want %q", uint32(tag), got, want)
		}
	}
}

func TestEveryNamedTagCanBeRead(t *testing.T) {
	for tag, name := range tagNames {
		if _, ok := codecs[tag.Type()]; !ok {
			t.Errorf("%s has type %#x, which cannot be read", name, uint16(tag.Type()))
		}
	}
}
