/* The one function of bcryptprimitives.dll that Go programs call when they start.
 * Wine 8 has no such library; this is for tests under it and goes into no package. */
#include <stdbool.h>
#include <stddef.h>
#include <windows.h>

/* advapi32 has the system's random numbers under this name (RtlGenRandom). */
BOOLEAN NTAPI SystemFunction036(void *buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *buffer, SIZE_T length)
{
	for (const SIZE_T most = 1 << 20; length > 0;) {
		ULONG n = (ULONG)(length < most ? length : most);
		if (!SystemFunction036(buffer, n))
			return false;
		buffer += n;
		length -= n;
	}
	return true;
}
