//! The settings of somebody who brings the rules along, as the `rolecall` command does.

use std::time::Duration;

use super::given::Given;
use super::search::Search;
use super::site::Site;
use crate::error::Error;
use crate::session::Defaults;
use crate::surroundings::Surroundings;

/// What is asked of STS, and for how long, where the rules leave it open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// What fills the fields that the rules file leaves open.
    pub defaults: Defaults,
    /// `rolecall.timeout`.
    pub timeout: Duration,
}

/// Finds the settings that do not name, route by or refuse by rules, in the environment and in the
/// site file.
///
/// # Errors
/// RC120 for a bad value, RC121 where the environment sets what the site file fixes, RC122 and
/// RC123 for the site file itself.
pub fn resolve_without_rules(surroundings: &Surroundings) -> Result<Asking, Error> {
    let site = Site::read(surroundings)?;
    let search = Search {
        given: &Given::default(),
        surroundings,
        site: site.as_ref(),
    };
    Ok(Asking {
        defaults: search.defaults()?,
        timeout: search.timeout()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rules::BaseSource;

    fn asking(variables: &[(&str, &str)]) -> Result<Asking, Error> {
        resolve_without_rules(&Surroundings {
            environment: variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            site_file: "/nowhere/site.json".into(),
            ..Surroundings::of_this_process()
        })
    }

    #[test]
    fn no_rules_are_needed() {
        assert_eq!(
            asking(&[]),
            Ok(Asking {
                defaults: Defaults::default(),
                timeout: Duration::from_secs(120),
            })
        );
    }

    #[test]
    fn the_environment_fills_what_the_rules_leave_open() {
        let found = asking(&[
            ("ROLECALL_BASE", "environment"),
            ("ROLECALL_STS_REGION", "eu-west-1"),
            ("ROLECALL_STS_ENDPOINT", "http://127.0.0.1:5000"),
            ("ROLECALL_SESSION_DURATION", "15m"),
            ("ROLECALL_TIMEOUT", "5s"),
        ])
        .unwrap();
        assert_eq!(
            found,
            Asking {
                defaults: Defaults {
                    duration: Some(Duration::from_secs(900)),
                    sts_endpoint: Some("http://127.0.0.1:5000".to_owned()),
                    region: Some("eu-west-1".to_owned()),
                    base: Some(BaseSource::Environment),
                },
                timeout: Duration::from_secs(5),
            }
        );
        let wrong = asking(&[("ROLECALL_TIMEOUT", "soon")]).unwrap_err();
        assert_eq!(wrong.code(), Code::SettingInvalid);
    }
}
