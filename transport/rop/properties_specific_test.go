package rop

import (
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
)

var quotaCols = []props.Tag{props.TagMailboxOwnerName, props.TagMessageSizeExtended, props.TagProhibitReceiveQuota,
	props.TagProhibitSendQuota, props.TagMaximumSubmitSize}

func init() {
	// MS-OXCPRPT 4.3.1
	request("named properties", "07 00 00 | 00 00 | 01 00 | 03 00 | 0B 00 3E 86 | 03 00 3F 86 | 02 01 E2 65",
		&GetPropertiesSpecificRequest{WantUnicode: true, Columns: []props.Tag{0x863E000B, 0x863F0003, 0x65E20102}})
	request("name, size, quotas", "07 00 00 00 00 01 00 05 00 1F 00 1C 66 14 00 08 0E 03 00 6A 66 03 00 6E 66 03 00 6D 66",
		&GetPropertiesSpecificRequest{WantUnicode: true, Columns: quotaCols})
	response("properties", `07 00 00 00 00 00 | 01 | 00 41 00 00 00 | 00 00 10 00 00 00 00 00 00
		| 01 | 0A 0F 01 04 80 | 00 00 04 00 00`,
		&GetPropertiesSpecificResponse{Columns: quotaCols, Row: []props.Value{
			{Tag: quotaCols[0], V: "A"}, {Tag: quotaCols[1], V: int64(4096)}, {Tag: quotaCols[2]},
			{Tag: quotaCols[3], V: mapierr.NotFound}, {Tag: quotaCols[4], V: int32(1024)}}})
	response("properties refused", "07 00 08 01 04 80",
		&GetPropertiesSpecificResponse{Result: Result{ReturnValue: mapierr.InvalidObject}})
}
