CREATE VIEW bid AS SELECT auction FROM auction;
