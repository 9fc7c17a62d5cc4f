SELECT auction FROM bid;
