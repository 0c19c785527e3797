// Pango sets the text, Cairo writes the PDF; both from Debian's libpango1.0-dev.
#pragma once
#include <cairo-pdf.h>
#include <pango/pangocairo.h>
