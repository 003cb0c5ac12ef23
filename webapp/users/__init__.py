"""Who works here: company, branches, people, sign-in, sessions, rights, audit trail."""
