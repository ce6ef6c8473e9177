// Package props reads and writes property values and rows as the MAPI protocols
// carry them: in remote operations (MS-OXCDATA 2.8.1 and 2.11) and in the address
// book bodies of MAPI over HTTP (MS-OXCMAPIHTTP 2.2.1).
package props

import "fmt"

// Tag names one property: the id in the high word, the type in the low word
// (MS-OXCDATA 2.9).
type Tag uint32

// Type is the low word.
func (t Tag) Type() Type { return Type(t) }

// ID is the high word.
func (t Tag) ID() uint16 { return uint16(t >> 16) }

// WithType is the same property with another type.
func (t Tag) WithType(typ Type) Tag { return t&^0xFFFF | Tag(typ) }

// String is the field's name, "PidTagDisplayName", or "0x3001001F" when unknown.
func (t Tag) String() string {
	if name := tagNames[t]; name != "" {
		return name
	}
	return fmt.Sprintf("0x%08X", uint32(t))
}

// Properties that the product reads (MS-OXPROPS, by id).
const (
	TagEntryID              Tag = 0x0FFF0102
	TagObjectType           Tag = 0x0FFE0003
	TagMessageClass         Tag = 0x001A001F
	TagSubject              Tag = 0x0037001F
	TagMessageDeliveryTime  Tag = 0x0E060040
	TagMessageSize          Tag = 0x0E080003
	TagMessageSizeExtended  Tag = 0x0E080014 // bytes
	TagDisplayName          Tag = 0x3001001F
	TagAddressType          Tag = 0x3002001F
	TagEmailAddress         Tag = 0x3003001F // address book: the legacy DN
	TagComment              Tag = 0x3004001F
	TagStoreState           Tag = 0x340E0003
	TagContentCount         Tag = 0x36020003
	TagContentUnreadCount   Tag = 0x36030003
	TagSubfolders           Tag = 0x360A000B
	TagContainerClass       Tag = 0x3613001F
	TagDisplayType          Tag = 0x39000003
	TagSMTPAddress          Tag = 0x39FE001F
	TagAccount              Tag = 0x3A00001F
	TagTitle                Tag = 0x3A17001F
	TagOfficeLocation       Tag = 0x3A19001F
	TagUserEntryID          Tag = 0x66190102
	TagMailboxOwnerEntryID  Tag = 0x661B0102
	TagMailboxOwnerName     Tag = 0x661C001F
	TagOutOfOfficeState     Tag = 0x661D000B
	TagProhibitReceiveQuota Tag = 0x666A0003 // KiB
	TagMaximumSubmitSize    Tag = 0x666D0003 // KiB
	TagProhibitSendQuota    Tag = 0x666E0003 // KiB
	TagLocaleID             Tag = 0x66A10003
	TagCodePageID           Tag = 0x66C30003
	TagSortLocaleID         Tag = 0x67050003
	TagFolderID             Tag = 0x67480014
	TagMid                  Tag = 0x674A0014
	TagInstID               Tag = 0x674D0014
	TagInstanceNum          Tag = 0x674E0003
	TagProxyAddresses       Tag = 0x800F101F // address book
)

var tagNames = map[Tag]string{
	TagEntryID: "PidTagEntryId", TagObjectType: "PidTagObjectType",
	TagMessageClass: "PidTagMessageClass", TagSubject: "PidTagSubject",
	TagMessageDeliveryTime: "PidTagMessageDeliveryTime",
	TagMessageSize:         "PidTagMessageSize", TagMessageSizeExtended: "PidTagMessageSizeExtended",
	TagDisplayName: "PidTagDisplayName", TagAddressType: "PidTagAddressType",
	TagEmailAddress: "PidTagEmailAddress", TagComment: "PidTagComment",
	TagStoreState: "PidTagStoreState", TagContentCount: "PidTagContentCount",
	TagContentUnreadCount: "PidTagContentUnreadCount", TagSubfolders: "PidTagSubfolders",
	TagContainerClass: "PidTagContainerClass", TagDisplayType: "PidTagDisplayType",
	TagSMTPAddress: "PidTagSmtpAddress", TagAccount: "PidTagAccount",
	TagTitle: "PidTagTitle", TagOfficeLocation: "PidTagOfficeLocation",
	TagUserEntryID: "PidTagUserEntryId", TagMailboxOwnerEntryID: "PidTagMailboxOwnerEntryId",
	TagMailboxOwnerName: "PidTagMailboxOwnerName", TagOutOfOfficeState: "PidTagOutOfOfficeState",
	TagProhibitReceiveQuota: "PidTagProhibitReceiveQuota",
	TagMaximumSubmitSize:    "PidTagMaximumSubmitMessageSize",
	TagProhibitSendQuota:    "PidTagProhibitSendQuota",
	TagLocaleID:             "PidTagLocaleId", TagCodePageID: "PidTagCodePageId",
	TagSortLocaleID: "PidTagSortLocaleId", TagFolderID: "PidTagFolderId",
	TagMid: "PidTagMid", TagInstID: "PidTagInstID", TagInstanceNum: "PidTagInstanceNum",
	TagProxyAddresses: "PidTagAddressBookProxyAddresses",
}
