//go:build migrated_fynedo && cgo

#include <gtk/gtk.h>
#include <gdk/gdkx.h>
#include <stdint.h>

extern void trayIdle(uintptr_t handle);

static gboolean idle(gpointer handle) {
	trayIdle((uintptr_t)handle);
	return FALSE;
}

// tray_idle runs a Go function on the thread of GTK's loop.
void tray_idle(uintptr_t handle) { g_idle_add(idle, (gpointer)handle); }

// tray_display opens the display; where there is none gtk_init would end the process.
// Without OpenGL it takes half the time and memory: a menu has no use for it. Go's
// own environment, which the window inherits, stays as it is.
int tray_display(void) {
	g_setenv("GDK_GL", "disable", FALSE);
	g_set_prgname("mapiscope");
	return gtk_init_check(NULL, NULL);
}

// tray_xembed says whether a bar of the older kind (XEmbed) owns the place for
// icons. It needs GTK's thread.
int tray_xembed(void) {
	GdkDisplay *display = gdk_display_get_default();
	if (display == NULL || !GDK_IS_X11_DISPLAY(display)) {
		return 0;
	}
	Display *x = GDK_DISPLAY_XDISPLAY(display);
	char name[64];
	g_snprintf(name, sizeof name, "_NET_SYSTEM_TRAY_S%d", DefaultScreen(x));
	return XGetSelectionOwner(x, XInternAtom(x, name, False)) != None;
}

// tray_copy puts text into the clipboard. It needs GTK's thread.
void tray_copy(const char *text) {
	gtk_clipboard_set_text(gtk_clipboard_get(GDK_SELECTION_CLIPBOARD), text, -1);
}

// The tray library sets the title as the label too, and some bars write the label
// beside the icon, where a sentence has no room. The program's own definition comes
// before that of the shared library, and sets none.
void app_indicator_set_label(void *indicator, const gchar *label, const gchar *guide) {}
