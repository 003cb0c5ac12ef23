"""What somebody at a client's may read and answer: accesses by link, a page of their own, mails."""
