"""A new account or tool on the page: the form for everybody, the register for whoever is signed in."""
