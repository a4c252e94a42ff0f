"""What is defined and found so far, in truth or as a student with an error believes."""
