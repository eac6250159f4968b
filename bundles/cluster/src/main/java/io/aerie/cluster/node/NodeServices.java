package io.aerie.cluster.node;

import io.aerie.cluster.identity.AuthorityRotation;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterDeparture;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.RestCertificate;

/** What a member offers to others. */
record NodeServices(
    ClusterIdentity identity,
    ClusterAdmission admission,
    ClusterDeparture departure,
    RestCertificate restCertificate,
    AuthorityRotation authorityRotation) {}
