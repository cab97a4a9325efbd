const SHELL = ['__SHELL_FILES__']
void SHELL
