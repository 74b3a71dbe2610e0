"""One module for each verb of `askfirst` that needs no channel: arguments in, exit status out."""
