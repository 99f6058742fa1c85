//! A signed text as a QR code, drawn as SVG: it prints sharp at any size and needs no picture library.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// The text does not fit a QR code.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("too long for a QR code")]
pub struct TooLong;

/// Draws a text. A card of an answer has some 600 characters, a code of about 100 by 100 modules, which a telephone reads
/// from a page or a screen; a seventh of it may be dirty.
///
/// # Errors
/// When the text is longer than a QR code holds (some 2,300 characters).
pub fn svg(text: &str) -> Result<String, TooLong> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong)?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_a_drawing_and_a_book_does_not() {
        let drawn = svg(&"a".repeat(600)).unwrap();
        assert!(drawn.contains("<svg") && drawn.ends_with("</svg>"));
        assert_eq!(svg(&"a".repeat(3_000)), Err(TooLong));
    }
}
