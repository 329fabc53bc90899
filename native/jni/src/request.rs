//! Java's messages, read.

use std::time::Duration;

use rolecall_core::engine::{Ask, Opening};
use rolecall_core::error::{Code, Error};
use rolecall_core::route::Groups;
use rolecall_core::settings::{Entry, Given, Origin};

use crate::packed::Reader;

/// The longest time for which one crossing may wait, so that Java sees an interrupt in time.
const LONGEST_WAIT: Duration = Duration::from_millis(250);

/// What a provider says of itself when it is opened: `user: text, principal: text?, real
/// user: text?, location: text?, entries: list of (origin: u8, source: text?, name: text, value:
/// text)`.
pub fn opening(message: &[u8]) -> Result<Opening, Error> {
    let mut reader = Reader::open(message)?;
    let user = reader.text()?.to_owned();
    let principal = reader.optional_text()?.map(str::to_owned);
    let real_user = reader.optional_text()?.map(str::to_owned);
    let location = reader.optional_text()?.map(str::to_owned);
    let entries = reader.list(|block| {
        let origin = block.u8()?;
        let source = block.optional_text()?.map(str::to_owned);
        Ok(Entry {
            origin: match origin {
                0 => Origin::Configuration { source },
                1 => Origin::SystemProperty,
                2 => Origin::RulesKey,
                3 => Origin::RulesResource,
                4 => Origin::NoRulesResource,
                other => return Err(unknown("origin of a setting", other)),
            },
            name: block.text()?.to_owned(),
            value: block.text()?.to_owned(),
        })
    })?;
    Ok(Opening {
        user,
        principal,
        real_user,
        location,
        given: Given { entries },
    })
}

/// A question for credentials: `held: u64, renew: u8, wait milliseconds: u32, groups: u8 (0 not
/// asked, 1 known: list of text, 2 unknown: text)`.
pub fn ask(message: &[u8]) -> Result<Ask, Error> {
    let mut reader = Reader::open(message)?;
    Ok(Ask {
        held: reader.u64()?,
        renew: reader.u8()? != 0,
        wait: Duration::from_millis(reader.u32()?.into()).min(LONGEST_WAIT),
        groups: match reader.u8()? {
            0 => None,
            1 => Some(Groups::Known(
                reader.list(|block| block.text().map(str::to_owned))?,
            )),
            2 => Some(Groups::Unknown {
                why: reader.text()?.to_owned(),
            }),
            other => return Err(unknown("kind of groups", other)),
        },
    })
}

fn unknown(what: &str, value: u8) -> Error {
    Error::new(
        Code::LayoutUnreadable,
        format!("a message from Java has an unknown {what}: {value}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::Writer;

    #[test]
    fn an_opening_is_read_with_its_entries() {
        let mut writer = Writer::with_room(64);
        writer.text("carol");
        writer.optional_text(Some("carol/gateway@EXAMPLE.COM"));
        writer.optional_text(None);
        writer.optional_text(None);
        writer.list(
            &[(0_u8, Some("core-site.xml")), (1, None)],
            |block, entry| {
                block.u8(entry.0);
                block.optional_text(entry.1);
                block.text("rolecall.rules");
                block.text("/etc/rules.json");
            },
        );
        let opening = opening(&writer.into_bytes()).unwrap();
        assert_eq!(opening.user, "carol");
        assert_eq!(
            opening.principal.as_deref(),
            Some("carol/gateway@EXAMPLE.COM")
        );
        assert_eq!(opening.real_user, None);
        assert_eq!(opening.location, None);
        let entries = &opening.given.entries;
        assert_eq!(entries.len(), 2);
        assert!(
            matches!(&entries[0].origin, Origin::Configuration { source: Some(source) } if source == "core-site.xml")
        );
        assert!(matches!(entries[1].origin, Origin::SystemProperty));
        assert_eq!(entries[1].name, "rolecall.rules");
        assert_eq!(entries[1].value, "/etc/rules.json");
    }

    fn question(wait: u32, groups: impl FnOnce(&mut Writer)) -> Result<Ask, Error> {
        let mut writer = Writer::with_room(64);
        writer.u64(17);
        writer.u8(1);
        writer.u32(wait);
        groups(&mut writer);
        ask(&writer.into_bytes())
    }

    #[test]
    fn no_crossing_waits_longer_than_java_can_bear() {
        let ask = question(60_000, |writer| writer.u8(0)).unwrap();
        assert_eq!(ask.wait, LONGEST_WAIT);
        assert_eq!(ask.held, 17);
        assert!(ask.renew);
        assert!(ask.groups.is_none());
    }

    #[test]
    fn groups_are_known_or_unknown_with_the_reason() {
        let known = question(0, |writer| {
            writer.u8(1);
            writer.list(&["b", "a"], |block, group| block.text(group));
        });
        assert!(
            matches!(known.unwrap().groups, Some(Groups::Known(groups)) if groups == ["b", "a"])
        );
        let unknown = question(0, |writer| {
            writer.u8(2);
            writer.text("LDAP is down");
        });
        assert!(
            matches!(unknown.unwrap().groups, Some(Groups::Unknown { why }) if why == "LDAP is down")
        );
        let neither = question(0, |writer| writer.u8(9));
        assert_eq!(neither.unwrap_err().code(), Code::LayoutUnreadable);
    }
}
