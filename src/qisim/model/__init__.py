"""What can change a number: parameters, rules, draws, site, calendar, outcomes."""
