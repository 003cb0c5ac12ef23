"""One formula a file: pure, integers in cents, days passed in."""
