//! To whom the hub may send: never to itself or its neighbours because a subscriber said so.
//!
//! Checked twice: when an address is written in the URL, and for each address to which its name
//! resolves at the moment of connecting (a name may be moved after it was checked).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// Which addresses subscribers may name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Reach {
    /// Only addresses of the public internet, and only over TLS.
    #[default]
    Public,
    /// Private and loopback addresses too, and plain HTTP: for hubs inside a ministry's network,
    /// and for tests.
    Anywhere,
}

/// Why an address cannot be subscribed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not a URL.
    #[error("not a URL")]
    Malformed,
    /// Neither `https` nor (where allowed) `http`.
    #[error("only https addresses are called")]
    Scheme,
    /// A name and password in the URL would end up in logs and lists.
    #[error("a URL with a user name or password is not called")]
    Credentials,
    /// Private, loopback, link-local or otherwise not of the public internet.
    #[error("addresses outside the public internet are not called")]
    Private,
}

impl Reach {
    /// Checks a subscriber's URL as far as its text tells.
    ///
    /// # Errors
    /// When it is no URL that may be called.
    pub fn check_url(self, text: &str) -> Result<Url, AddressError> {
        let url = Url::parse(text).map_err(|_| AddressError::Malformed)?;
        match (url.scheme(), self) {
            ("https", _) | ("http", Self::Anywhere) => {}
            _ => return Err(AddressError::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        let host = url.host_str().ok_or(AddressError::Malformed)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            self.check_address(address)?;
        }
        Ok(url)
    }

    /// Checks an address to which a name resolved.
    ///
    /// # Errors
    /// When it is not of the public internet and only that is allowed.
    pub fn check_address(self, address: IpAddr) -> Result<(), AddressError> {
        match self {
            Self::Anywhere => Ok(()),
            Self::Public if is_public(address) => Ok(()),
            Self::Public => Err(AddressError::Private),
        }
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// The special-purpose blocks of the IANA registry for IPv4 (RFC 6890 and its updates).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special
}

/// Global unicast only, and not where an IPv4 address hides inside that is itself special.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let [first, second, third, ..] = address.segments();
    match (first, second) {
        // NAT64 (RFC 6052) carries the IPv4 address in its last four bytes.
        (0x0064, 0xff9b) => {
            let [.., a, b, c, d] = address.octets();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        // 6to4 (RFC 3056) carries it after its prefix.
        (0x2002, _) => {
            let [a, b] = second.to_be_bytes();
            let [c, d] = third.to_be_bytes();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        // Protocol assignments (Teredo, ORCHID among them) and documentation.
        (0x2001, 0..=0x01ff | 0x0db8) | (0x3fff, 0..=0x0fff) => false,
        (0x2000..=0x3fff, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_called() {
        for inside in [
            "https://127.0.0.1/",
            "https://10.1.2.3/hook",
            "https://172.31.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            // The URL standard reads these as 127.0.0.1 too.
            "https://2130706433/",
            "https://0x7f.1/",
        ] {
            assert_eq!(Reach::Public.check_url(inside), Err(AddressError::Private), "{inside}");
            assert!(Reach::Anywhere.check_url(inside).is_ok(), "{inside}");
        }
        for outside in ["https://196.200.48.1/", "https://[2606:4700::1111]/"] {
            assert!(Reach::Public.check_url(outside).is_ok(), "{outside}");
        }
    }

    #[test]
    fn the_text_of_a_url_is_checked() {
        for (text, error) in [
            ("canam", AddressError::Malformed),
            ("http://canam.example/", AddressError::Scheme),
            ("file:///etc/passwd", AddressError::Scheme),
            ("https://user:pass@canam.example/", AddressError::Credentials),
        ] {
            assert_eq!(Reach::Public.check_url(text), Err(error), "{text}");
        }
        assert!(Reach::Public.check_url("https://canam.example/hub").is_ok());
    }
}
