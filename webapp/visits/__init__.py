"""Field information: reports of visits, dated facts that fade, acknowledgements of debt."""
