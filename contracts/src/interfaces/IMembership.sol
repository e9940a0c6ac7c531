// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Who may act on the ledger, and who decides it.
/// @notice Members are organisations, named by a readable identifier such as
/// `lei:5493001KJTIIGC8Y1R12`, left-aligned in a `bytes32`. A member acts through operator keys;
/// title belongs to the member and never to a key. The members that hold the council role govern
/// together: a change takes the approval of `threshold` of them, at least two. A council member is
/// present while it is active and has a live key; the present never become fewer than the threshold.
interface IMembership {
    /// @notice Unknown members were never admitted. Suspended members keep their title and may be
    /// paid out, but cannot act.
    enum Status {
        Unknown,
        Active,
        Suspended
    }

    /// @notice A call that the council may decide to make.
    /// @param target The contract that is called: this one, or a book of the ledger.
    /// @param proposer The council member that proposed.
    /// @param expiresAt Unix time in seconds after which it can be neither approved nor executed.
    /// @param executed Whether it was carried out.
    /// @param data The call data.
    struct Proposal {
        address target;
        uint48 expiresAt;
        bool executed;
        bytes32 proposer;
        bytes data;
    }

    /// @notice Another deployment of the ledger, by its membership contract; all zero for none.
    /// In CAIP-10: `eip155:<chainId>:<membership>`.
    struct Deployment {
        uint64 chainId;
        address membership;
    }

    error MembershipInvalidMember(bytes32 member);
    error MembershipMemberExists(bytes32 member);
    error MembershipUnknownMember(bytes32 member);
    error MembershipNotActive(bytes32 member, Status status);
    error MembershipNotSuspended(bytes32 member);
    error MembershipMissingRole(bytes32 member, uint16 role);
    error MembershipInvalidRoles(uint16 roles);
    error MembershipInvalidKey(address key);
    error MembershipUnknownKey(address key);
    error MembershipKeyTaken(address key, bytes32 member);
    error MembershipKeyRetired(address key);
    error MembershipForeignKey(address key, bytes32 member);
    error MembershipLastKey(bytes32 member);
    error MembershipLengthMismatch(uint256 members, uint256 keys);
    error MembershipNotCouncil(address caller);
    error MembershipInvalidThreshold(uint256 threshold, uint256 councilSize);
    error MembershipInvalidLifetime(uint48 lifetime, uint48 limit);
    error MembershipUnknownProposal(uint256 proposal);
    error MembershipProposalExpired(uint256 proposal, uint48 expiresAt);
    error MembershipProposalExecuted(uint256 proposal);
    error MembershipAlreadyApproved(uint256 proposal, bytes32 member);
    error MembershipNotApproved(uint256 proposal, bytes32 member);
    error MembershipTooFewApprovals(uint256 proposal, uint256 approvals, uint256 threshold);
    error MembershipSucceeded(uint64 chainId, address successor);
    error MembershipNotSuccessor(address membership, address successor);

    event MemberAdmitted(bytes32 indexed member, uint16 roles);
    event RolesChanged(bytes32 indexed member, uint16 roles);
    event MemberSuspended(bytes32 indexed member);
    event MemberReinstated(bytes32 indexed member);
    event KeyAdded(bytes32 indexed member, address indexed key);
    event KeyRevoked(bytes32 indexed member, address indexed key);
    event ThresholdChanged(uint256 threshold);
    event Proposed(uint256 indexed proposal, bytes32 indexed proposer, address target, uint48 expiresAt, bytes data);
    event Approved(uint256 indexed proposal, bytes32 indexed member);
    event ApprovalWithdrawn(uint256 indexed proposal, bytes32 indexed member);
    event Executed(uint256 indexed proposal);
    event Succeeded(uint64 chainId, address successor);

    /// @notice Proposes a call and approves it for the caller's member.
    /// @param lifetime Seconds from now after which the proposal expires, at most 90 days.
    /// @custom:caller an active council member
    function propose(address target, bytes calldata data, uint48 lifetime) external returns (uint256 proposal);

    /// @notice Approves a proposal for the caller's member.
    /// @custom:caller an active council member
    function approve(uint256 proposal) external;

    /// @notice Takes the approval of the caller's member back.
    /// @custom:caller an active member that approves the proposal
    function withdraw(uint256 proposal) external;

    /// @notice Carries out a proposal that `threshold` present council members approve. By any of them.
    /// @custom:caller an active council member
    function execute(uint256 proposal) external;

    /// @notice Admits a member with its roles and first operator key. Council decision.
    /// @custom:caller the council, by decision
    function admit(bytes32 member, uint16 roles, address key) external;

    /// @notice Replaces the roles of a member. Council decision.
    /// @custom:caller the council, by decision
    function setRoles(bytes32 member, uint16 roles) external;

    /// @notice Stops a member from acting. Council decision.
    /// @custom:caller the council, by decision
    function suspend(bytes32 member) external;

    /// @notice Lets a suspended member act again. Council decision.
    /// @custom:caller the council, by decision
    function reinstate(bytes32 member) external;

    /// @notice Changes the number of approvals that a decision takes. Council decision.
    /// @custom:caller the council, by decision
    function setThreshold(uint256 threshold) external;

    /// @notice Closes this deployment to new records and names the one that follows it, once and for
    /// all; what began here ends here. This one must be open itself, and on the same chain the successor
    /// must name it as its predecessor. Council decision.
    /// @custom:caller the council, by decision
    function succeed(uint64 chainId, address membership) external;

    /// @notice Adds an operator key to a member: by the member itself, or by council decision.
    /// @custom:caller the member itself, while active; the council, by decision
    function addKey(bytes32 member, address key) external;

    /// @notice Revokes an operator key: by the member itself, or by council decision. A revoked
    /// key can never be added again. The last key of a member can be revoked only by council decision.
    /// @custom:caller the member itself, while active; the council, by decision
    function revokeKey(bytes32 member, address key) external;

    /// @notice The member that `key` acts for now, if that member is active.
    /// @dev Reverts for keys that are unknown or revoked, and for suspended members.
    function actorOf(address key) external view returns (bytes32 member);

    /// @notice As `actorOf`, and the member must hold `role` (one bit).
    function requireRole(address key, uint16 role) external view returns (bytes32 member);

    /// @notice Reverts unless the member is active and holds `role` (one bit; zero asks for none).
    function requireMember(bytes32 id, uint16 role) external view;

    /// @notice The member that `key` belongs to, also after the key was revoked or the member
    /// suspended; reverts on unknown keys.
    function memberOf(address key) external view returns (bytes32 member);

    /// @notice Status, roles and number of live keys of a member; reverts on unknown members.
    function member(bytes32 id) external view returns (Status status, uint16 roles, uint32 keys);

    /// @notice Whether a member was ever admitted.
    function exists(bytes32 id) external view returns (bool);

    /// @notice Number of approvals that a decision takes, and of council members present.
    function council() external view returns (uint256 threshold, uint256 size);

    /// @notice A proposal and the number of present council members that approve it.
    function proposal(uint256 id) external view returns (Proposal memory proposal_, uint256 approvals);

    /// @notice Reverts unless new records may begin in this deployment: it has no successor, and a
    /// predecessor on the same chain, if it has one, has handed over to it.
    function requireOpen() external view;

    /// @notice The deployment that this one follows, fixed at deployment.
    function predecessor() external view returns (Deployment memory);

    /// @notice The deployment that follows this one.
    function successor() external view returns (Deployment memory);
}
