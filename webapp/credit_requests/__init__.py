"""Credit notes asked of finance for a part of an invoice: granted with a credit note, or declined."""
