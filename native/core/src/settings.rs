//! The settings: one table, one order, and what the machine's owner fixes.

mod allowed_conf;
mod duration;
mod given;
mod host_keys;
mod resolve;
mod rules_place;
mod search;
mod site;
mod table;
mod values;
mod without_rules;

pub use allowed_conf::allowed_conf_keys;
pub use given::{Entry, Given, Origin};
pub use host_keys::HOST_KEYS;
pub use resolve::{Settings, refusal_mode, resolve};
pub(crate) use rules_place::place_of_rules;
pub use table::{Setting, TABLE, Who, markdown_table};
pub use values::{GroupsEmpty, Identity, LocationScope, RefusalMode};
pub use without_rules::{Asking, resolve_without_rules};
