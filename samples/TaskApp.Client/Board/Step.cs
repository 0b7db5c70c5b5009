namespace TaskApp.Client.Board;

/// <summary>One step of a task on the board.</summary>
public enum Step { Up, Down, Left, Right }
