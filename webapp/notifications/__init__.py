"""Who hears of what, and by which way: inbox, web push."""
