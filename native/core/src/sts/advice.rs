//! What users can do where STS says no.

use crate::session::Session;

/// What to check where STS refuses a role. It names the action that is missing, at best.
pub(super) fn denied(said: &str, session: &Session) -> String {
    let both = |action: &str, field: &str| {
        format!(
            "The rule's session has {field}, so both the role's trust policy and the base's own \
             policies have to allow {action} on the role; `rolecall iam` writes them"
        )
    };
    if said.contains("sts:TagSession") {
        return both("sts:TagSession", "`tags`");
    }
    if said.contains("sts:SetSourceIdentity") {
        return both("sts:SetSourceIdentity", "`sourceIdentity`");
    }
    let mut actions = "sts:AssumeRole".to_owned();
    if !session.tags.is_empty() {
        actions.push_str(", sts:TagSession");
    }
    if session.source_identity.is_some() {
        actions.push_str(", sts:SetSourceIdentity");
    }
    format!(
        "STS does not tell three causes apart; check that the role exists, that its trust policy \
         allows the base's identity (with the external ID that the rule gives or does not give), \
         and that the base's own policies allow {actions} on the role"
    )
}

/// What to change, for the errors that users meet.
pub(super) fn hint(said: &str) -> &'static str {
    let code = said.split(':').next().unwrap_or_default();
    match code {
        "RegionDisabledException" | "RegionDisabled" => {
            ". Activate STS for this region in the account's settings in IAM, or set \
             rolecall.sts.region to another"
        }
        "PackedPolicyTooLarge" | "PackedPolicyTooLargeException" => {
            ". STS packs session policy, policy ARNs and tags more tightly than it counts them, and \
             only it can tell how much room is left; shorten the session's policy or the values of \
             its tags, take tags out, or put the policy into a managed one and name it in policyArns"
        }
        "MalformedPolicyDocument" | "MalformedPolicyDocumentException" => {
            ". Correct the session's policy in the rules file; `rolecall explain` shows it as it is \
             sent"
        }
        "ValidationError" if said.contains("policyArns") || said.contains("PolicyArns") => {
            ". Correct the session's policyArns in the rules file"
        }
        "ValidationError" if said.contains("tags") || said.contains("Tag") => {
            ". Correct the session's tags in the rules file"
        }
        "ValidationError" if said.contains("DurationSeconds") => {
            ". Lower durationSeconds in the rules file or rolecall.session.duration, or raise the \
             role's maximum session duration"
        }
        _ => ". Correct the rule's session, or the role",
    }
}
