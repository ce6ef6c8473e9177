package mapierr

// Results of the address book's Unbind (MS-OXNSPI 2.2.1.2): success is 1 there.
const (
	UnbindSuccess Code = 0x00000001
	UnbindFailure Code = 0x00000002
)

// Store, session and transport codes (MS-OXCDATA 2.4, MS-OXCRPC 3.1.4.1,
// MS-OXCSTOR 3.2.5.1.3).
const (
	OK                     Code = 0x00000000
	ProfileNotConfigured   Code = 0x0000011C
	JetError               Code = 0x000003EA
	UnknownUser            Code = 0x000003EB
	Exiting                Code = 0x000003ED
	BadConfig              Code = 0x000003EE
	UnknownCodePage        Code = 0x000003EF
	ServerOOM              Code = 0x000003F0
	LoginPerm              Code = 0x000003F2
	DatabaseRolledBack     Code = 0x000003F3
	DatabaseCopiedError    Code = 0x000003F4
	NoFreeJses             Code = 0x0000044C
	DifferentJses          Code = 0x0000044D
	DatabaseError          Code = 0x00000454
	NotSearchFolder        Code = 0x00000461
	NoReceiveFolder        Code = 0x00000463
	NoReplicaHere          Code = 0x00000468
	NoReplicaAvailable     Code = 0x00000469
	PublicMDB              Code = 0x0000046A
	NotPublicMDB           Code = 0x0000046B
	MDBNotInit             Code = 0x00000476
	WrongServer            Code = 0x00000478
	BufferTooSmall         Code = 0x0000047D
	RequiresRefResolve     Code = 0x0000047E
	ServerPaused           Code = 0x0000047F
	ServerBusy             Code = 0x00000480
	NoSuchLogon            Code = 0x00000481
	NotPrivateMDB          Code = 0x0000048B
	IsintegMDB             Code = 0x0000048C
	RPCFormat              Code = 0x000004B6
	NullObject             Code = 0x000004B9
	RPCAuthentication      Code = 0x000004BC
	RPCBadAuthLevel        Code = 0x000004BD
	NotAuthorized          Code = 0x000004D6
	QuotaExceeded          Code = 0x000004D9
	ShutoffQuotaExceeded   Code = 0x000004DD
	MaxObjsExceeded        Code = 0x000004DE
	ClientVerDisallowed    Code = 0x000004DF
	RPCHTTPDisallowed      Code = 0x000004E0
	CachedModeRequired     Code = 0x000004E1
	MailboxInTransit       Code = 0x0000050C
	Paused                 Code = 0x0000060E
	NotPaused              Code = 0x0000060F
	WrongMailbox           Code = 0x00000648
	ChgPassword            Code = 0x0000064C
	PwdExpired             Code = 0x0000064D
	InvWkstn               Code = 0x0000064E
	InvLogonHrs            Code = 0x0000064F
	AcctDisabled           Code = 0x00000650
	NoServerSupport        Code = 0x000006B9
	RPCUnavailable         Code = 0x000006BA // as a ReturnValue of a remote operation: ecLockTimedOut
	RPCTooBusy             Code = 0x000006BB // as a ReturnValue of a remote operation: ecObjectLocked
	RPCBadStubData         Code = 0x000006F7
	MessageDeleted         Code = 0x000007D6
	ProtocolDisabled       Code = 0x000007D8
	ClearTextLogonDisabled Code = 0x000007D9
	Rejected               Code = 0x000007EE
	AmbiguousAlias         Code = 0x0000089A
	UnknownMailbox         Code = 0x0000089B
	MailboxDisabled        Code = 0x0000096C
	ADUnavailable          Code = 0x0000096E
	ADError                Code = 0x0000096F
	NotEncrypted           Code = 0x00000970
	ADNotFound             Code = 0x00000971
	ADPropertyError        Code = 0x00000972
	RPCServerTooBusy       Code = 0x00000973
	RPCOutOfMemory         Code = 0x00000974
	RPCServerOutOfMemory   Code = 0x00000975
	RPCOutOfResources      Code = 0x00000976
	RPCServerUnavailable   Code = 0x00000977
	SubsystemStopping      Code = 0x0000097D
	MaxPoolExceeded        Code = 0x00000A2D
	RPCInvalidHandle       Code = 0x00000A2E
	LowMDBSpace            Code = 0x00000A31
	MailboxQuarantined     Code = 0x00000A33
	MountInProgress        Code = 0x00000A34
	DismountInProgress     Code = 0x00000A35
	MailboxSoftDeleted     Code = 0x00000A4B
	ErrorsReturned         Code = 0x00040380
)

// Codes of the MAPI and COM spaces, shared by the store and the address book
// (MS-OXCDATA 2.4, MS-OXNSPI 2.2.1.2).
const (
	InterfaceNotSupported Code = 0x80004002
	GeneralFailure        Code = 0x80004005
	NotSupported          Code = 0x80040102
	InvalidEntryID        Code = 0x80040107
	InvalidObject         Code = 0x80040108
	ObjectModified        Code = 0x80040109
	ObjectDeleted         Code = 0x8004010A
	Busy                  Code = 0x8004010B
	OutOfResources        Code = 0x8004010E
	NotFound              Code = 0x8004010F
	VersionMismatch       Code = 0x80040110
	LoginFailure          Code = 0x80040111
	TooManySessions       Code = 0x80040112
	UnableToAbort         Code = 0x80040114
	RPCFailed             Code = 0x80040115
	ReadFault             Code = 0x80040116
	TooComplex            Code = 0x80040117
	Computed              Code = 0x8004011A
	CorruptData           Code = 0x8004011B
	FailOneProvider       Code = 0x8004011D
	InvalidCodePage       Code = 0x8004011E
	InvalidLocale         Code = 0x8004011F
	PasswordChangeNeeded  Code = 0x80040120
	PasswordExpired       Code = 0x80040121
	InvalidWorkstation    Code = 0x80040122
	InvalidAccessTime     Code = 0x80040123
	AccountDisabled       Code = 0x80040124
	PropBadValue          Code = 0x80040301
	TypeNotSupported      Code = 0x80040303
	TooBig                Code = 0x80040305
	UnableToComplete      Code = 0x80040400
	Timeout               Code = 0x80040401
	TableEmpty            Code = 0x80040402
	TableTooBig           Code = 0x80040403
	InvalidBookmark       Code = 0x80040405
	DuplicateName         Code = 0x80040604
	NotInitialized        Code = 0x80040605
	AmbiguousRecipient    Code = 0x80040700
	NotImplemented        Code = 0x80040FFF
	AccessDenied          Code = 0x80070005
	NotEnoughMemory       Code = 0x8007000E
	InvalidParameter      Code = 0x80070057
)

// Codes that only gromox is known to send.
const (
	ZNullObject   Code = 0xFFFFFC00
	ZOutOfHandles Code = 0xFFFFFC04
)
