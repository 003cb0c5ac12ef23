"""Things to do about a thread's subject: who does it, by when."""
