package exchangetest

import (
	"encoding/binary"

	"github.com/mapiscope/mapiscope/transport/nspi"
	"github.com/mapiscope/mapiscope/transport/props"
)

// defaultQuotaKB is 2 GiB, the setting of a new database.
const defaultQuotaKB = 2 << 20

// ofStore is a property of the logon (MS-OXCSTOR 2.2.2.1); nil when it has none.
func (m *mailbox) ofStore(tag props.Tag) any {
	switch tag {
	case props.TagMailboxOwnerName:
		return m.owner.DisplayName
	case props.TagDisplayName:
		return "Mailbox - " + m.owner.DisplayName
	case props.TagMailboxOwnerEntryID, props.TagUserEntryID:
		return nspi.EntryID{Provider: nspi.ProviderNSPI, DN: m.owner.LegacyDN}.Encode()
	case props.TagMessageSizeExtended:
		return m.size()
	case props.TagMessageSize:
		return int32(m.size())
	case props.TagContentCount:
		return int32(len(m.inbox().messages))
	case props.TagProhibitReceiveQuota:
		return m.quota() + m.quota()/10
	case props.TagProhibitSendQuota:
		return m.quota()
	case props.TagMaximumSubmitSize:
		return int32(10 << 10)
	case props.TagOutOfOfficeState:
		return false
	case props.TagLocaleID, props.TagSortLocaleID:
		return int32(0x409)
	case props.TagCodePageID:
		return int32(1252)
	case props.TagStoreState:
		return int32(0)
	}
	return nil
}

func (m *mailbox) quota() int32 {
	if kb := m.quotaKB(); kb > 0 {
		return kb
	}
	if m.owner.QuotaKB > 0 {
		return m.owner.QuotaKB
	}
	return defaultQuotaKB
}

// ofFolder is a property of a folder; nil when it has none.
func (m *mailbox) ofFolder(f *folder, tag props.Tag) any {
	switch tag {
	case props.TagDisplayName:
		return f.name
	case props.TagContainerClass:
		if f.class == "" {
			return nil
		}
		return f.class
	case props.TagFolderID:
		return number(f.id)
	case props.TagContentCount:
		return int32(len(f.messages))
	case props.TagContentUnreadCount:
		return f.unread()
	case props.TagMessageSizeExtended:
		return f.size()
	case props.TagMessageSize:
		return int32(f.size())
	case props.TagSubfolders:
		return len(m.children(f, false)) > 0
	}
	return nil
}

// ofMessage is a column of a contents table; nil when there is no such property.
func ofMessage(f *folder, m *message, tag props.Tag) any {
	switch tag {
	case props.TagSubject:
		return m.Subject
	case props.TagMessageClass:
		return m.Class
	case props.TagMessageDeliveryTime:
		return m.Received.UTC()
	case props.TagMessageSize:
		return int32(m.Size)
	case props.TagMessageSizeExtended:
		return m.Size
	case props.TagFolderID:
		return number(f.id)
	case props.TagMid, props.TagInstID:
		return number(m.id)
	case props.TagInstanceNum:
		return int32(0)
	case tagSenderName:
		return m.From
	}
	return nil
}

// tagSenderName is PidTagSenderName.
const tagSenderName props.Tag = 0x0C1A001F

// number is an id as the 64-bit integer that carries it in a row.
func number[T ~[8]byte](id T) int64 {
	b := [8]byte(id)
	return int64(binary.LittleEndian.Uint64(b[:]))
}
